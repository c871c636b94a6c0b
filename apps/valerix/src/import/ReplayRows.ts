import { type OrderToReplay, type Replayed, ReplayOrders } from "@valerix/checkout"
import type { Tenant } from "@valerix/tenancy"
import { Effect, Pull, Stream } from "effect"
import type { CsvRow, JsonRow } from "./files/Rows.ts"
import type { ImportRun } from "./ImportRun.ts"
import type { RowNotImported } from "./NotImportedFile.ts"

/** Rows that are settled together: as an order, or each with what is wrong with it. */
export type Rows =
  | { readonly _tag: "Order"; readonly rows: ReadonlyArray<CsvRow | JsonRow>; readonly order: OrderToReplay }
  | { readonly _tag: "NotImported"; readonly rows: ReadonlyArray<RowNotImported> }

/** What is said of the rows of an order that was not executed. */
export type Refusal = Pick<RowNotImported, "reason" | "field" | "message">

/** Places the orders of a stream, and accounts for every row of it, in their order. */
export const replayRows = Effect.fnUntraced(function* <E>(
  tenant: Tenant,
  run: ImportRun,
  rows: Stream.Stream<Rows, E>,
  refusalOf: (replayed: Exclude<Replayed, { readonly _tag: "Executed" }>) => Refusal = usualRefusal
) {
  const replayOrders = yield* ReplayOrders
  const pull = yield* Stream.toPull(rows)
  let chunk: ReadonlyArray<Rows> = []
  let at = 0
  const next = Effect.gen(function* () {
    while (at === chunk.length) {
      const pulled = yield* pull.pipe(Pull.catchDone(() => Effect.succeed(undefined)))
      if (pulled === undefined) return undefined
      chunk = pulled
      at = 0
    }
    return chunk[at++]
  })

  const settle = (settled: Rows, replayed: Replayed | undefined) => {
    if (settled._tag === "NotImported") {
      for (const row of settled.rows) run.refuse(row)
      return
    }
    if (replayed?._tag === "Executed") {
      run.tally.imported(settled.rows.length)
      run.tally.orderExecuted(replayed.isNew)
      return
    }
    if (replayed === undefined) return
    if (replayed._tag === "Failed") run.tally.orderFailed(replayed.code)
    const refusal = refusalOf(replayed)
    for (const row of settled.rows) run.refuse({ row, ...refusal })
  }

  yield* replayOrders(tenant, {
    next,
    orderOf: (settled) => (settled._tag === "Order" ? settled.order : undefined),
    ended: (settled, replayed) => {
      settle(settled, replayed)
      return run.accountedFor(lastNumberOf(settled))
    }
  })
}, Effect.scoped)

const lastNumberOf = (settled: Rows): number =>
  settled._tag === "Order"
    ? settled.rows.reduce((last, { number }) => Math.max(last, number), 0)
    : settled.rows.reduce((last, { row }) => Math.max(last, row.number), 0)

export const usualRefusal = (replayed: Exclude<Replayed, { readonly _tag: "Executed" }>): Refusal => {
  switch (replayed._tag) {
    case "Failed":
      return { reason: "order_failed", field: undefined, message: `${replayed.code}: ${replayed.message}` }
    case "Unfinished":
      return { reason: "order_unfinished", field: undefined, message: `order ${replayed.orderId}: ${replayed.message}` }
    case "NotPlaced":
      return { reason: "not_placed", field: undefined, message: replayed.message }
    case "Refused":
      return { reason: replayed.code, field: replayed.field, message: replayed.message }
  }
}
