import { type Mutation, mutation } from "./Mutation.ts"

const METHODS = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "QUERY",
  "PROPFIND",
  "PURGE",
  "LINK",
  "M-SEARCH",
  "get",
  "FOO",
  "G\u00cbT",
  "PRI",
  ""
] as const

const PATHS = [
  "/",
  "",
  "*",
  "//",
  "/api",
  "/api/v1",
  "/api/v1/",
  "/api/v2/orders",
  "/api/v1//orders",
  "/api/v1/orders/",
  "/API/V1/ORDERS",
  "/api/v1/./orders",
  "/api/v1/x/../orders",
  "/api/v1/%2e%2e/v1/orders",
  "/..%2f..%2fetc/passwd",
  "/api/v1/orders;a=b",
  "/api/v1/orders%00",
  "/api/v1/orders%",
  "/api/v1/orders/%ED%A0%80",
  "/api/v1/orders/%ff",
  "/api/v1/orders/%zz",
  "/api/v1/orders/%0d%0aX:y",
  "/api/v1/orders/\u00e9",
  "/api/v1/orders?",
  "/api/v1/orders??limit=1",
  "/api/v1/orders#a",
  "/api/v1/orders/:order_id",
  "/api/v1/orders/*",
  "/api/v1/inventory/products/%2e",
  "/api/v1/inventory/products/a%2Fb",
  "/api/v1/inventory/products/..%2f",
  "/health",
  "/ready",
  "/docs",
  "/openapi.json",
  "/favicon.ico",
  "/.env",
  "/.git/config",
  "/metrics",
  "/gremlin",
  "http://127.0.0.1/api/v1/orders",
  "http://evil.example/api/v1/orders",
  "https://:@/",
  "orders",
  "?limit=1",
  "/api/v1/orders?limit=1&limit=2",
  "/api/v1/orders?limit[]=1",
  "/api/v1/orders?__proto__=1",
  "/api/v1/orders?constructor=1",
  "/api/v1/verify?cursor=W10",
  "/__proto__",
  "/constructor",
  "/api/v1/sagas/retry",
  "/api/v1/sagas/retry/retry"
] as const

/** Methods and paths that there are not. */
export const methodAndPath: ReadonlyArray<Mutation> = [
  mutation("another method", (draft, dice) => ({ ...draft, method: dice.oneOf(METHODS) })),
  mutation("another path", (draft, dice) => ({
    ...draft,
    path: [dice.oneOf(PATHS)],
    query: [],
    mustBeRefused: undefined
  })),
  mutation("a longer path", (draft, dice) => ({
    ...draft,
    path: [...draft.path, dice.oneOf(["/", "/x", "//", "/..", "/%00", "/\u00ff", "%20", ".json"])]
  })),
  mutation("a huge path", (draft, dice) => ({
    ...draft,
    path: [...draft.path, "/", "a".repeat(dice.oneOf([500, 8_000, 15_900, 16_384, 70_000]))]
  })),
  mutation("a path of many parts", (draft, dice) => ({
    ...draft,
    path: [...draft.path, "/a".repeat(dice.oneOf([100, 7_000]))]
  })),
  mutation("a huge query", (draft, dice) => ({
    ...draft,
    query: [...draft.query, ["a", { type: "value", text: "b".repeat(dice.oneOf([1_001, 8_000, 16_384])) }]]
  })),
  mutation("a query of many fields", (draft, dice) => ({
    ...draft,
    query: [
      ...draft.query,
      ...Array.from({ length: dice.oneOf([101, 1_500]) }, (_, at) => [`q${at}`, { type: "value", text: "1" }] as const)
    ]
  }))
]
