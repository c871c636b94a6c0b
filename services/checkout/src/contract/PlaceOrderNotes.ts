import { notes } from "@valerix/http/contract"

const LOCATION = "Where the order can be followed."
const REPLAYED = "`true` when an earlier request with this key has placed the order: nothing was done a second time."

/** What people read about placing an order. */
export const placeOrderNotes = notes({
  summary: "Place an order",
  description:
    "Authorizes the payment and executes the order: created, its stock reserved, its money captured, confirmed. What cannot be executed is undone. The same key with the same body is answered with the order as it is now; with another body it is refused.",
  parameters: {
    "idempotency-key": {
      required: true,
      schema: { type: "string", pattern: "^[!-~]{1,255}$" },
      description:
        "The caller's own name for this order, 1 to 255 visible ASCII characters. It places one order, ever.",
      example: "cart-4711"
    },
    prefer: {
      description:
        "`wait=2` waits up to 2 seconds, 10 at most, for the order to be executed (RFC 7240). Without it the answer comes as soon as the payment is authorized.",
      example: "wait=2"
    }
  },
  answers: {
    201: {
      description: "The order is confirmed: its stock is reserved and its money captured.",
      headers: { Location: LOCATION, "Idempotency-Replayed": REPLAYED }
    },
    202: {
      description: "The payment is authorized and the order is being executed.",
      headers: { Location: LOCATION, "Idempotency-Replayed": REPLAYED }
    },
    402: { headers: { "Idempotency-Replayed": REPLAYED } },
    409: {
      headers: {
        "Idempotency-Replayed": REPLAYED,
        "Retry-After": "With request_in_progress: after how many seconds to send the same request again."
      }
    }
  },
  examples: {
    short: { summary: "One product, for the default customer", value: { product_id: "PROD-001", quantity: 1 } },
    long: {
      summary: "An order with everything",
      value: {
        customer_id: "01900000-0000-7000-8000-000000000002",
        email: "customer@example.com",
        currency: "EUR",
        items: [{ sku: "PROD-001", quantity: 2 }],
        adjustments: [{ kind: "SHIPPING", amount: { amount: "4.90", currency: "EUR" }, description: "Parcel" }],
        shipping_address: {
          name: "A. Customer",
          line1: "1 High Street",
          city: "Dublin",
          postal_code: "D01",
          country: "IE"
        },
        payment: { method: "card", token: "tok_visa" },
        external_reference: "shop-4711",
        metadata: { channel: "web" }
      }
    },
    declined: {
      summary: "A card that the mock payment provider declines",
      value: {
        customer_id: "01900000-0000-7000-8000-000000000002",
        items: [{ sku: "PROD-001", quantity: 1 }],
        payment: { method: "card", token: "decline_insufficient" }
      }
    }
  }
})

/** What people read about cancelling an order. */
export const cancelOrderNotes = notes({
  summary: "Cancel an order",
  description: "An order that is confirmed already is undone, its money refunded. Asking again changes nothing.",
  answers: {
    200: { description: "The order was cancelled before." },
    202: { description: "The order is being undone." }
  }
})
