/** A request as it was sent when it found something. */
export interface KeptRequest {
  readonly found: string
  readonly method: string
  readonly target: string
  readonly body?: string
  /** It is as its description says, and has to be taken; else it has to be refused properly. */
  readonly isAsDescribed: boolean
}

const encoded = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString("base64url")
const NOBODY = "01900000-0000-7000-8000-0000000000ff"

/** Requests that found something once: they are sent again with every run of the tests. */
export const KEPT: ReadonlyArray<KeptRequest> = [
  {
    found: "500: PostgreSQL has no such time (seed 8, listSalesOrders, request 157)",
    method: "GET",
    target: `/api/v1/sales-orders?cursor=${encoded(["-271821-04-20T00:00:00.000Z", NOBODY])}`,
    isAsDescribed: false
  },
  {
    found: "500: PostgreSQL stores no NUL, not even in a cursor",
    method: "GET",
    target: `/api/v1/verify?cursor=${encoded(["payments.provider", "\u0000"])}`,
    isAsDescribed: false
  },
  {
    found: "characters that reorder text, as they are, in the answer (seed 5, request 50)",
    method: "POST",
    target: "/api/v1/inventory/products",
    body: `{"sku":"kept-1","name":"${"\u202e".repeat(32)}","price":{"amount":"1.00","currency":"EUR"}}`,
    isAsDescribed: true
  },
  {
    found: "control characters as they are in the answer (seed 4, request 2592)",
    method: "POST",
    target: "/api/v1/inventory/products",
    body: '{"sku":"kept-2","name":"a\u007f\u0085\u200b","price":{"amount":"1.00","currency":"EUR"}}',
    isAsDescribed: true
  },
  {
    found: "characters counted twice that the description counts once",
    method: "POST",
    target: "/api/v1/inventory/products",
    body: `{"sku":"kept-3","name":"${"\u{1f600}".repeat(255)}","price":{"amount":"1.00","currency":"EUR"}}`,
    isAsDescribed: true
  }
]
