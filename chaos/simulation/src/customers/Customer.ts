import { type Accepted, AcceptOrders, CancelOrder, type NewEntry } from "@valerix/checkout/memory"
import type { OrderId } from "@valerix/money-and-ids"
import { Context, Effect, Option } from "effect"
import type { Edge } from "../cluster/Cluster.ts"
import { SERVICE_DELAYS } from "../cluster/Trouble.ts"
import { type MessageTrouble, send } from "../world/Network.ts"
import type { SimulatedProcess } from "../world/SimulatedProcess.ts"
import type { World } from "../world/World.ts"
import type { CustomerPlan } from "./Plan.ts"

const ANSWER_LIMIT_MS = 15_000
const PAUSE_MS = 3_000

/** An answer that a customer got. */
export interface Answer {
  readonly customer: string
  readonly entry: NewEntry
  readonly accepted: Accepted
}

/** An order that Valerix said it will turn back. */
export interface CancelAnswer {
  readonly customer: string
  readonly orderId: OrderId
  readonly answer: "Requested" | "AlreadyCancelled" | "TooLate"
}

/** What customers were told. */
export interface Answers {
  readonly accepted: Array<Answer>
  readonly cancelled: Array<CancelAnswer>
}

export interface CustomerSurroundings {
  readonly world: World
  /** Where customers are: a process that nothing happens to. */
  readonly from: SimulatedProcess
  readonly edges: ReadonlyArray<Edge>
  readonly trouble: MessageTrouble
  readonly answers: Answers
}

/** Does what was planned: orders, again and again until there is a final answer or no patience left, and perhaps cancels. */
export const goShopping = Effect.fnUntraced(function* (surroundings: CustomerSurroundings, plan: CustomerPlan) {
  const { answers, edges, from, trouble, world } = surroundings
  const { entry, mistake, name } = plan

  /** Asks one of the edges; nothing when no answer comes. */
  const ask = <A>(
    about: string,
    handle: (services: Context.Context<AcceptOrders | CancelOrder>) => Effect.Effect<A>
  ): Effect.Effect<A | undefined> =>
    Effect.suspend(() => {
      const edge = edges[world.choices.below(`edge of ${name}`, edges.length)]
      if (edge === undefined) return Effect.succeed(undefined)
      const handled = Effect.flatMap(edge.offers, handle)
      const line = { about, from, to: edge.process, trouble, delays: SERVICE_DELAYS, limitMs: ANSWER_LIMIT_MS }
      return Effect.catchCause(send(world, line, handled), () => Effect.succeed(undefined))
    })

  const order = (wanted: NewEntry): Effect.Effect<Accepted | undefined> =>
    Effect.tap(
      Effect.map(
        ask(`order of ${name}`, (services) => Context.get(services, AcceptOrders)([wanted])),
        (all) => all?.[0]
      ),
      (accepted) =>
        Effect.sync(() => {
          world.tell(name, () => `is answered ${accepted === undefined ? "nothing" : JSON.stringify(tagOf(accepted))}`)
          if (accepted !== undefined) answers.accepted.push({ customer: name, entry: wanted, accepted })
        })
    )

  const wanted = [entry, ...(plan.sendsTwice ? [entry] : []), ...(mistake === undefined ? [] : [mistake])]
  const orderOnce = Effect.map(Effect.forEach(wanted, order, { concurrency: wanted.length }), (all) =>
    all.find((one) => one !== undefined && isFinal(one))
  )

  const cancel = (orderId: OrderId) =>
    ask(`cancelling of ${name}`, (services) =>
      Context.get(services, CancelOrder)(entry.tenant.organizationId, orderId)
    ).pipe(
      Effect.map((answer) => (answer === undefined ? undefined : Option.getOrUndefined(answer))),
      Effect.tap((answer) =>
        Effect.sync(() => {
          world.tell(name, () => `cancels and is answered ${answer?._tag ?? "nothing"}`)
          if (answer !== undefined) answers.cancelled.push({ customer: name, orderId, answer: answer._tag })
        })
      )
    )

  yield* Effect.sleep(plan.arrivesAfterMs)
  let final = yield* orderOnce
  for (let retries = 0; final === undefined && retries < plan.patience; retries += 1) {
    yield* Effect.sleep(PAUSE_MS)
    final = yield* orderOnce
  }
  if (final === undefined || plan.cancelsAfterMs === undefined) return
  const orderId = orderIdOf(final)
  if (orderId === undefined) return
  yield* Effect.sleep(plan.cancelsAfterMs)
  for (let tries = 0; tries <= plan.patience; tries += 1) {
    if ((yield* cancel(orderId)) !== undefined) return
    yield* Effect.sleep(PAUSE_MS)
  }
})

export const isFinal = ({ _tag }: Accepted): boolean =>
  _tag === "Accepted" || _tag === "Replayed" || _tag === "Declined" || _tag === "KeyReused" || _tag === "Refused"

export const orderIdOf = (accepted: Accepted): OrderId | undefined =>
  accepted._tag === "Accepted"
    ? accepted.entry.orderId
    : accepted._tag === "Replayed" || accepted._tag === "Declined"
      ? accepted.orderId
      : undefined

const tagOf = (accepted: Accepted): string =>
  accepted._tag === "Unavailable" ? `Unavailable (${accepted.reason})` : accepted._tag
