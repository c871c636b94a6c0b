import type { OrderView, TimelineEntryView } from "@valerix/checkout/contract"
import { DateTime } from "effect"
import { moneyText } from "../../terminal/MoneyText.ts"
import { factLines, makeTable } from "../../terminal/Table.ts"
import { coloured, type Terminal } from "../../terminal/Terminal.ts"
import { isoTime } from "../../terminal/Times.ts"
import { timelinePicture } from "../timeline/TimelinePicture.ts"
import { statusColour } from "./OrderTable.ts"

type Line = Pick<OrderView["items"][number], "sku" | "quantity" | "unit_price" | "line_total">

/** What is ordered, and what each line of it costs. */
export const orderLines = (lines: ReadonlyArray<Line>, terminal: Terminal): ReadonlyArray<string> =>
  makeTable<Line>(
    [
      { title: "SKU", of: ({ sku }) => sku },
      { title: "QUANTITY", side: "right", of: ({ quantity }) => String(quantity) },
      { title: "UNIT PRICE", side: "right", of: ({ unit_price }) => moneyText(unit_price) },
      { title: "TOTAL", least: 12, side: "right", of: ({ line_total }) => moneyText(line_total) }
    ],
    terminal
  ).lines(lines)

const ENDED: ReadonlySet<string> = new Set(["COMPLETED", "FAILED", "AUTHORIZATION_FAILED"])

/** What an order does since the last entry of its timeline; none once it has ended. */
const presently = ({ ledger_status, next_retry_at, parked }: OrderView): string | undefined => {
  if (ENDED.has(ledger_status)) return undefined
  return parked !== null ? "parked" : next_retry_at !== null ? "waiting" : "under way"
}

const time = (at: DateTime.Utc | null) => (at === null ? undefined : isoTime(DateTime.toDateUtc(at)))

/** An order as a person reads it: the facts, the lines with their money, and everything that was tried as a picture. */
export const orderText = (
  order: OrderView,
  timeline: ReadonlyArray<TimelineEntryView>,
  nowMs: number,
  terminal: Terminal
): ReadonlyArray<string> => {
  const { adjustments, failure } = order
  const facts = factLines([
    ["order", order.id],
    ["status", `${order.status}, ${order.ledger_status} in the ledger`],
    ["message", order.message],
    ["parked", order.parked ?? undefined],
    ["failure", failure === null ? undefined : `${failure.code} at ${failure.step}: ${failure.message}`],
    ["cancelled by", order.cancel_requested ? "the customer has asked for it" : undefined],
    ["next attempt", time(order.next_retry_at)],
    ["placed", time(order.created_at)],
    ["customer", order.email === null ? order.customer_id : `${order.customer_id}, ${order.email}`],
    ["payment", order.payment.method],
    ["reference", order.external_reference ?? undefined],
    ["key", order.client_request_id],
    ["correlation id", order.correlation_id ?? undefined]
  ])
  const painted = facts.map((line) =>
    line.startsWith("status") ? coloured(line, statusColour(order), terminal.isColoured) : line
  )
  const amounts = factLines([
    ...adjustments.map(
      ({ amount, description, kind }) =>
        [`${kind.toLowerCase()}${description === null ? "" : `, ${description}`}`, moneyText(amount)] as const
    ),
    ["total", moneyText(order.total)]
  ])
  const entries = timeline.map(({ detail, duration_ms, principal, recorded_at, ...entry }) => ({
    ...entry,
    detail: detail ?? undefined,
    durationMs: duration_ms,
    principal: principal ?? undefined,
    recordedAt: DateTime.toDateUtc(recorded_at)
  }))
  return [
    ...painted,
    "",
    ...orderLines(order.items, terminal),
    "",
    ...amounts,
    "",
    ...timelinePicture(entries, { atMs: nowMs, says: presently(order) }, terminal)
  ]
}
