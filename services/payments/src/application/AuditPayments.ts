import { Currency, MinorUnits, OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { type OrderPayments, PaymentsAudit, type PaymentsCheck } from "../contract/PaymentsAudit.ts"
import { differences, finding, isOpen, remarksOnOurs, remarksOnTheirs, sumsOf } from "./CompareBooks.ts"
import { type BookedPayment, PaymentAuditQueries } from "./ports/PaymentAuditQueries.ts"
import { type ProviderEffect, ProviderStatement } from "./ports/ProviderStatement.ts"

const ORGANIZATIONS_MAX = 1_000
const ORDERS_MAX = 10_000
const ORDERS_PER_CHUNK = 500

const isOrderId = Schema.is(OrderId)

/**
 * Checks the promises on our books and the provider's, some hundred orders at a time. The two cannot be read at one
 * moment, so where they differ ours is read again: a row is written before every request to the provider, so if ours
 * has not changed, and nothing is under way, the difference was there.
 */
export const layerPaymentsAudit = Layer.effect(
  PaymentsAudit,
  Effect.gen(function* () {
    const ours = yield* PaymentAuditQueries
    const theirs = yield* ProviderStatement

    const read = Effect.fnUntraced(function* (organizationId: OrganizationId, orderIds: ReadonlyArray<OrderId>) {
      const payments = yield* ours.paymentsOf(organizationId, orderIds)
      const effects = yield* theirs.ofOrders(organizationId, orderIds)
      const paymentsByOrder = Map.groupBy(payments, ({ orderId }) => orderId)
      const effectsByOrder = Map.groupBy(effects, ({ orderReference }) => orderReference)
      return orderIds.map((orderId) => ({
        orderId,
        payments: paymentsByOrder.get(orderId) ?? [],
        effects: effectsByOrder.get(orderId) ?? []
      }))
    })

    const checkOrders = Effect.fnUntraced(function* (organizationId: OrganizationId, orderIds: ReadonlyArray<OrderId>) {
      const orders = yield* read(organizationId, orderIds)
      const suspects = orders.filter(({ effects, payments }) => differences(payments, effects).length > 0)
      const again = Map.groupBy(
        suspects.length === 0
          ? []
          : yield* ours.paymentsOf(
              organizationId,
              suspects.map(({ orderId }) => orderId)
            ),
        ({ orderId }) => orderId
      )
      return orders.flatMap(({ effects, orderId, payments }) =>
        [
          ...payments.flatMap(remarksOnOurs),
          ...remarksOnTheirs(effects),
          ...(isUnchanged(payments, again.get(orderId) ?? []) ? differences(payments, effects) : [])
        ].map(({ code, message }) => finding(organizationId, code, orderId, message))
      )
    })

    /** Orders that the provider has done something for, and we know nothing of. Its books are read first. */
    const strangers = Effect.fnUntraced(function* (organizationId: OrganizationId, references: ReadonlyArray<string>) {
      const orderIds = references.filter((reference) => isOrderId(reference))
      const known = new Set((yield* ours.paymentsOf(organizationId, orderIds)).map(({ orderId }) => orderId))
      return references
        .filter((reference) => !isOrderId(reference) || !known.has(reference))
        .map((reference) =>
          finding(
            organizationId,
            "effect_unrecorded",
            reference,
            "The provider knows it, and our books have no payment of it."
          )
        )
    })

    const checkPayments: PaymentsCheck = {
      name: "payments",
      key: "uuid",
      chunk: Effect.fnUntraced(function* (organizationId, after) {
        const orderIds = yield* ours.orders(organizationId, after, ORDERS_PER_CHUNK)
        return { findings: yield* checkOrders(organizationId, orderIds), next: nextOf(orderIds) }
      }),
      one: (organizationId, key) => (isOrderId(key) ? checkOrders(organizationId, [key]) : Effect.succeed([]))
    }

    const checkStrangers: PaymentsCheck = {
      name: "provider",
      key: "text",
      chunk: Effect.fnUntraced(function* (organizationId, after) {
        const references = yield* theirs.orderReferences(organizationId, after, ORDERS_PER_CHUNK)
        return { findings: yield* strangers(organizationId, references), next: nextOf(references) }
      })
    }

    const paymentsOf = Effect.fn("PaymentsAudit.paymentsOf")(function* (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) {
      if (orderIds.length > ORDERS_MAX)
        return yield* Effect.die(new RangeError(`at most ${ORDERS_MAX} orders at a time`))
      return (yield* read(organizationId, orderIds)).map(orderPayments)
    })

    return PaymentsAudit.of({
      organizations: Effect.fn("PaymentsAudit.organizations")((after) => ours.organizations(after, ORGANIZATIONS_MAX)),
      checks: [...ours.checks, checkPayments, checkStrangers],
      orders: Effect.fn("PaymentsAudit.orders")(ours.orders),
      madeForDirectPayments: Effect.fn("PaymentsAudit.madeForDirectPayments")(ours.madeForDirectPayments),
      paymentsOf
    })
  })
)

/** Where a chunk ends, unless nothing can come after it. */
const nextOf = (keys: ReadonlyArray<string>): string | undefined =>
  keys.length < ORDERS_PER_CHUNK ? undefined : keys.at(-1)

/** Whether two readings are of the same state; only the time since the last request goes on. */
const isUnchanged = (before: ReadonlyArray<BookedPayment>, after: ReadonlyArray<BookedPayment>): boolean => {
  const stateOf = (payments: ReadonlyArray<BookedPayment>) =>
    JSON.stringify(payments, (key, value) => (key === "askedMsAgo" ? undefined : value))
  return stateOf(before) === stateOf(after)
}

const orderPayments = ({
  effects,
  payments
}: {
  readonly payments: ReadonlyArray<BookedPayment>
  readonly effects: ReadonlyArray<ProviderEffect>
}): OrderPayments => {
  const { captured, refunded } = sumsOf(effects)
  const ended = new Set(
    effects.filter(({ kind }) => kind === "CAPTURE" || kind === "VOID").map(({ authorizationId }) => authorizationId)
  )
  const held = effects.filter(
    ({ authorizationId, hasExpired, kind }) => kind === "AUTHORIZE" && !hasExpired && !ended.has(authorizationId)
  )
  return {
    payments: payments.map((payment) => ({
      paymentId: payment.paymentId,
      generation: payment.generation,
      status: payment.status,
      currency: Currency.make(payment.currency),
      amountMinor: MinorUnits.make(payment.amountMinor),
      authorizedMinor: MinorUnits.make(payment.authorizedMinor),
      capturedMinor: MinorUnits.make(payment.capturedMinor),
      refundedMinor: MinorUnits.make(payment.refundedMinor),
      isUnresolved: payment.operations.some(isOpen),
      isUndone: payment.isUndone
    })),
    provider: {
      heldMinor: sumsOf(held).authorized,
      capturedMinor: captured,
      refundedMinor: refunded,
      captures: effects.filter(({ kind }) => kind === "CAPTURE").length
    }
  }
}
