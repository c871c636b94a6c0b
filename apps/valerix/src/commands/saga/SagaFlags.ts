import type { SagaFilter } from "@valerix/checkout"
import { EXECUTION_STEPS, UNFINISHED_STATUSES } from "@valerix/checkout/words"
import { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Option, Schema } from "effect"
import { Flag } from "effect/cli"
import { spanMs } from "../../terminal/Spans.ts"

const Span = Schema.String.check(
  Schema.makeFilter((text) => spanMs(text) !== undefined || "must be a span of time such as 90s, 5m, 2h or 1d")
)

/** An empty one, such as a variable of the shell that is not set, would be found in every order. */
const Text = Schema.String.check(
  Schema.isBetweenLength(1, 200),
  Schema.isPattern(/\S/, { expected: "a text that is not blank" })
)

const span = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withSchema(Span), Flag.withDescription(description), Flag.optional)

/** One organization; all of them when it is not given. */
export const organization = Flag.String("organization").pipe(
  Flag.withSchema(OrganizationId),
  Flag.withDescription("Only orders of this organization; of all organizations otherwise"),
  Flag.optional
)

/** The flags that say which orders are meant. */
export const filterFlags = {
  status: Flag.Literals("status", UNFINISHED_STATUSES).pipe(
    Flag.withDescription("Only orders in this status"),
    Flag.optional
  ),
  step: Flag.Literals("step", EXECUTION_STEPS).pipe(
    Flag.withDescription("Only orders whose next step this is, on the way back their first undo that is not done"),
    Flag.optional
  ),
  parked: Flag.Boolean("parked").pipe(
    Flag.withDescription("Only parked orders; with --no-parked only those that are not"),
    Flag.optional
  ),
  minAge: span("min-age", "Only orders that were placed at least so long ago: 90s, 5m, 2h, 1d"),
  minStill: span("min-still", "Only orders of which nothing was recorded for so long"),
  text: Flag.String("text").pipe(
    Flag.withSchema(Text),
    Flag.withDescription("Only orders with this in their reason of parking, their failure or their latest problem"),
    Flag.optional
  )
}

export interface FilterOptions {
  readonly status: Option.Option<NonNullable<SagaFilter["status"]>>
  readonly step: Option.Option<NonNullable<SagaFilter["step"]>>
  readonly parked: Option.Option<boolean>
  readonly minAge: Option.Option<string>
  readonly minStill: Option.Option<string>
  readonly text: Option.Option<string>
}

/** The filter that the flags make; none where no flag was given. */
export const filterOf = (flags: FilterOptions): SagaFilter | undefined => {
  const ms = (text: Option.Option<string>) => Option.getOrUndefined(Option.map(text, (given) => spanMs(given) ?? 0))
  const filter: SagaFilter = {
    status: Option.getOrUndefined(flags.status),
    step: Option.getOrUndefined(flags.step),
    isParked: Option.getOrUndefined(flags.parked),
    minAgeMs: ms(flags.minAge),
    minStoodStillMs: ms(flags.minStill),
    text: Option.getOrUndefined(flags.text)
  }
  return Object.values(filter).some((condition) => condition !== undefined) ? filter : undefined
}

/** A place among the orders of all organizations, as it is shown, and given with --after: `<organization>/<order>`. */
export interface SagaPosition {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
}

export const positionText = ({ orderId, organizationId }: SagaPosition): string => `${organizationId}/${orderId}`

const isOrganizationId = Schema.is(OrganizationId)
const isOrderId = Schema.is(OrderId)

/** The position that a text names; none where it is none. */
const positionOf = (text: string): SagaPosition | undefined => {
  const [organizationId, orderId, ...rest] = text.split("/")
  return isOrganizationId(organizationId) && isOrderId(orderId) && rest.length === 0
    ? { organizationId, orderId }
    : undefined
}

export const afterFlag = Flag.String("after").pipe(
  Flag.withSchema(
    Schema.String.check(
      Schema.makeFilter((text) => positionOf(text) !== undefined || "must be a position that valerix saga has shown")
    )
  ),
  Flag.withDescription("Go on from a position that an earlier run has shown"),
  Flag.optional
)

export const startOf = (after: Option.Option<string>): SagaPosition | undefined =>
  Option.getOrUndefined(Option.map(after, positionOf))
