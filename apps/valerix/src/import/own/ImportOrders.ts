import { RehearseOrder, refusedFor } from "@valerix/checkout"
import { LOCAL_PRINCIPAL, type Tenant } from "@valerix/tenancy"
import { Effect, Stream } from "effect"
import type { SourceFile } from "../files/SourceFile.ts"
import { type Refusal, type Rows, replayRows, usualRefusal } from "../ReplayRows.ts"
import { type ImportOptions, type ImportPlan, rehearsing, throughFile } from "../ThroughFile.ts"
import { withServices, withStored } from "../WithDatabases.ts"
import { checkOwn } from "./CheckOwn.ts"
import { ORDER_TABLE, OrderRows } from "./OrderRows.ts"
import { type OwnFormat, type OwnRow, ownRows } from "./OwnRows.ts"

/** What the reasons mean. */
const MEANINGS: Readonly<Record<string, string>> = {
  invalid: "fields that cannot be used",
  order_invalid: "another row of the same order is invalid",
  key_used_before: "the key was used before for an order that is not the same",
  product_not_found: "there is no such product",
  order_failed: "the order was placed and failed"
}

const REHEARSED_AT_ONCE = 8

/** Places the orders of a file of our own, or says what placing them would do. */
export const importOrders = Effect.fnUntraced(function* (
  source: SourceFile,
  format: OwnFormat,
  options: ImportOptions
) {
  const checked = yield* checkOwn(source, format, ORDER_TABLE)
  const plan: ImportPlan = { kind: "orders", source, meanings: MEANINGS, ...checked, ...options }
  const tenant: Tenant = { organizationId: options.organizationId, principal: LOCAL_PRINCIPAL }
  const read = ownRows(source, format, ORDER_TABLE)
  return yield* options.isDryRun
    ? withStored(rehearse(plan, tenant, ordersIn(read.rows)))
    : withServices(
        throughFile(
          plan,
          (run) =>
            replayRows(tenant, run, ordersIn(Stream.filter(read.rows, ({ row }) => row.number > run.rowsBefore))),
          read.digest
        )
      )
})

const ordersIn = <E>(rows: Stream.Stream<OwnRow, E>): Stream.Stream<Rows, E> =>
  rows.pipe(
    Stream.mapAccumArray(
      () => new OrderRows(),
      (orders, chunk) => [orders, chunk.flatMap((row) => orders.add(row))],
      { onHalt: (orders) => orders.end() }
    )
  )

const rehearse = <E>(plan: ImportPlan, tenant: Tenant, rows: Stream.Stream<Rows, E>) =>
  rehearsing(
    plan,
    Effect.fnUntraced(function* ({ refuse, tally }) {
      const rehearseOrder = yield* RehearseOrder
      const rehearsed = Effect.fnUntraced(function* (one: Rows) {
        if (one._tag === "NotImported") return { one, would: undefined, refusal: undefined }
        const { idempotencyKey, request } = one.order
        const would = yield* rehearseOrder(tenant, idempotencyKey, request).pipe(
          Effect.catchTag("OrderNotPriceable", Effect.succeed)
        )
        return { one, would, refusal: refusalOf(would) }
      })
      yield* rows.pipe(
        Stream.mapEffect(rehearsed, { concurrency: REHEARSED_AT_ONCE }),
        Stream.runForEach(({ one, refusal, would }) =>
          Effect.sync(() => {
            if (one._tag === "NotImported") {
              for (const row of one.rows) refuse(row)
            } else if (refusal !== undefined) {
              for (const row of one.rows) refuse({ row, ...refusal })
            } else {
              tally.imported(one.rows.length)
              tally.orderExecuted(would === "NEW")
            }
          })
        )
      )
    })
  )

type Would = Effect.Success<ReturnType<RehearseOrder["Service"]>> | Effect.Error<ReturnType<RehearseOrder["Service"]>>

const refusalOf = (would: Would): Refusal | undefined => {
  if (would === "KEY_REUSED") {
    return { reason: "key_used_before", field: "idempotency_key", message: MEANINGS["key_used_before"] ?? "" }
  }
  return typeof would === "string" ? undefined : usualRefusal(refusedFor(would))
}
