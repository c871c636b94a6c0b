import { TenantDatabase } from "@valerix/database"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer } from "effect"
import { OrdersAudit, type OrdersFinding } from "../contract/OrdersAudit.ts"
import { AuditQueries, type Chunk, type UnsoundLine, type UnsoundOrder } from "./ports/AuditQueries.ts"

const FINDINGS_MAX = 1_000
const ORGANIZATIONS_MAX = 1_000
const STATUSES_MAX = 10_000
/** With lines of the largest orders still a second's work, so that no check holds a transaction open for long. */
const ORDERS_PER_CHUNK = 2_000

/**
 * Checks the promises on the orders as they are, chunk by chunk. Orders and lines are written together and read in one
 * statement, so a check is right while orders are being executed.
 */
export const layerOrdersAudit = Layer.effect(
  OrdersAudit,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const queries = yield* AuditQueries

    const findingsIn = Effect.fnUntraced(function* (chunk: Chunk) {
      const { organizationId } = chunk
      const duplicated = yield* queries.duplicatedOrders(chunk, FINDINGS_MAX)
      const orders = yield* queries.unsoundOrders(chunk, FINDINGS_MAX)
      const lines = yield* queries.unsoundLines(chunk, FINDINGS_MAX)
      return [
        ...duplicated.map((orderId) => duplicate(organizationId, orderId)),
        ...orders.map((order) => orderFinding(organizationId, order)),
        ...lines.map((line) => lineFinding(organizationId, line))
      ]
    })

    const findingsOf = Effect.fnUntraced(function* (organizationId: OrganizationId) {
      const found: Array<OrdersFinding> = []
      let after: string | undefined
      do {
        const chunk = Effect.gen(function* () {
          const upTo = yield* queries.chunkEnd(organizationId, after, ORDERS_PER_CHUNK)
          return { upTo, findings: yield* findingsIn({ organizationId, after, upTo }) }
        })
        const { findings, upTo } = yield* database.transaction([organizationId])(chunk)
        found.push(...findings)
        after = upTo
      } while (after !== undefined && found.length < FINDINGS_MAX)
      return found
    })

    const findings = Effect.fn("OrdersAudit.findings")(function* (organizations: ReadonlyArray<OrganizationId>) {
      const open = yield* database.withoutTenant(queries.openTables)
      const found = organizations.flatMap((organizationId) => open.map((table) => openTable(organizationId, table)))
      for (const organizationId of organizations) {
        if (found.length >= FINDINGS_MAX) break
        found.push(...(yield* findingsOf(organizationId)))
      }
      return found.slice(0, FINDINGS_MAX)
    })

    const statusesOf = Effect.fn("OrdersAudit.statusesOf")(function* (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) {
      if (orderIds.length > STATUSES_MAX) {
        return yield* Effect.die(new RangeError(`at most ${STATUSES_MAX} orders at a time`))
      }
      const statuses = yield* database.transaction([organizationId])(queries.statuses(organizationId, orderIds))
      return orderIds.map((orderId) => statuses.get(orderId))
    })

    return OrdersAudit.of({
      organizations: Effect.fn("OrdersAudit.organizations")((after) =>
        database.withoutTenant(queries.organizations(after, ORGANIZATIONS_MAX))
      ),
      findings,
      statusesOf
    })
  })
)

const duplicate = (organizationId: OrganizationId, orderId: string): OrdersFinding => ({
  promise: 3,
  code: "order_duplicated",
  organizationId,
  subject: orderId,
  message: "More than one sales order has this id."
})

const openTable = (organizationId: OrganizationId, table: string): OrdersFinding => ({
  promise: 4,
  code: "row_security_off",
  organizationId,
  subject: table,
  message: "Row-level security is not enabled and forced on this table."
})

const orderFinding = (organizationId: OrganizationId, order: UnsoundOrder): OrdersFinding => {
  const { adjustmentsMinor, currency, linesMinor, orderId: subject, totalMinor } = order
  if (adjustmentsMinor === undefined) {
    const message = "An adjustment has no amount."
    return { promise: 5, code: "order_adjustments_unreadable", organizationId, subject, message }
  }
  if (!order.isCurrencyCode) {
    const message = `The currency is ${JSON.stringify(currency)}.`
    return { promise: 5, code: "order_currency_invalid", organizationId, subject, message }
  }
  const message = `The total is ${totalMinor}, the lines are ${linesMinor} and the adjustments ${adjustmentsMinor} minor units of ${currency}.`
  return { promise: 5, code: "order_total_mismatch", organizationId, subject, message }
}

const lineFinding = (organizationId: OrganizationId, line: UnsoundLine): OrdersFinding => {
  const { expectedMinor, lineNumber, lineTotalMinor, orderId: subject } = line
  return line.hasOrder
    ? {
        promise: 5,
        code: "line_total_mismatch",
        organizationId,
        subject,
        message: `The total of line ${lineNumber} is ${lineTotalMinor}, quantity × unit price is ${expectedMinor}.`
      }
    : {
        promise: 4,
        code: "line_without_order",
        organizationId,
        subject,
        message: `Line ${lineNumber} belongs to no order of the organization.`
      }
}
