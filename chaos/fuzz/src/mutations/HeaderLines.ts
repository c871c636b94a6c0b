import type { Draft, HeaderLine } from "../request/Draft.ts"
import { type Mutation, mutation } from "./Mutation.ts"

const with_ = (draft: Draft, name: string, value: string): ReadonlyArray<HeaderLine> => [
  ...draft.headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase()),
  [name, value]
]

const CONTENT_TYPES = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "application/xml",
  "application/jsonx",
  "application/problem+json",
  "json",
  "",
  "*/*",
  "application/json, text/plain",
  "application/json; charset=utf-16",
  'application/json; charset="utf-8',
  "application/ json",
  "APPLICATION/JSON",
  "application/json;charset=utf-8",
  "application/json; charset=UTF-8; charset=latin1",
  "application/json;",
  ";"
] as const

const HEADERS = [
  ["Accept", "text/html"],
  ["Accept", "x".repeat(2_000)],
  ["Accept-Encoding", "gzip, br, zstd"],
  ["Content-Encoding", "gzip"],
  ["Content-Encoding", "identity"],
  ["Content-Encoding", "x"],
  ["Expect", "100-continue"],
  ["Expect", "the unexpected"],
  ["Connection", "close"],
  ["Connection", "keep-alive, Host"],
  ["Connection", "Upgrade"],
  ["Upgrade", "h2c"],
  ["Upgrade", "websocket"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["X-Forwarded-For", "127.0.0.1, ::1"],
  ["X-Forwarded-Host", "evil.example"],
  ["Forwarded", "for=unknown;host=evil"],
  ["X-Original-URL", "/openapi.json"],
  ["Range", "bytes=0-0,1-1"],
  ["If-None-Match", "*"],
  ["If-Modified-Since", "yesterday"],
  ["Cookie", "a=b; __proto__=c"],
  ["Cookie", `a=${"x".repeat(3_000)}`],
  ["Origin", "null"],
  ["Authorization", "Bearer x"],
  ["Authorization", "\u00ff"],
  ["Prefer", "wait=1"],
  ["Prefer", "wait=-1"],
  ["Prefer", "wait=1e9"],
  ["Prefer", `wait=${"9".repeat(400)}`],
  ["Prefer", 'wait="1'],
  ["Prefer", `${"a,".repeat(3_000)}wait=1`],
  ["Prefer", `"${"\\".repeat(4_000)}`],
  ["traceparent", "00-0-0-00"],
  ["traceparent", `00-${"f".repeat(32)}-${"f".repeat(16)}-01`],
  ["__proto__", "x"],
  ["TE", "trailers"],
  ["Host", "evil.example"],
  ["Host", ""],
  ["Host", "a b"],
  ["Max-Forwards", "0"],
  ["Via", "1.1 x"]
] as const

const CORRELATIONS = [
  "",
  "\u001b[31m",
  "a\u0085b",
  "\u00e9",
  "x".repeat(129),
  "x".repeat(128),
  "-",
  "a b",
  "{}",
  "../..",
  "%0a",
  "<b>",
  "\t"
] as const
const KEYS = [
  "",
  " ",
  "k".repeat(255),
  "k".repeat(256),
  "k".repeat(4_000),
  "cl\u00e9",
  "a b",
  "\u001b[31m",
  "\u007f",
  "'",
  "\\",
  "%00",
  "\t"
] as const
const ORGANIZATIONS = [
  "",
  "1",
  "null",
  "01900000-0000-7000-8000-00000000F001",
  "01900000-0000-4000-8000-00000000f001",
  "01900000-0000-7000-8000-00000000f001,01900000-0000-7000-8000-00000000f002",
  "{01900000-0000-7000-8000-00000000f001}",
  "01900000-0000-7000-8000-0000000000ff",
  "'",
  "\u001b[31m",
  "x".repeat(1_000)
] as const

/** Headers that are missing, unknown, wrong, too many or too large. */
export const headerLines: ReadonlyArray<Mutation> = [
  mutation("another content type", (draft, dice) => ({
    ...draft,
    headers: with_(draft, "Content-Type", dice.oneOf(CONTENT_TYPES)),
    mustBeRefused: undefined
  })),
  mutation("no content type", (draft) => ({
    ...draft,
    headers: draft.headers.filter(([name]) => name !== "Content-Type"),
    mustBeRefused: draft.operation.takesBody ? "it has no content type" : draft.mustBeRefused
  })),
  mutation("a header more", (draft, dice) => {
    const [name, value] = dice.oneOf(HEADERS)
    return { ...draft, headers: with_(draft, name, value) }
  }),
  mutation("a header twice", (draft, dice) => {
    const again = dice.among(draft.headers)
    return again === undefined ? undefined : { ...draft, headers: [...draft.headers, again] }
  }),
  mutation("a correlation id", (draft, dice) => ({
    ...draft,
    headers: with_(draft, "X-Correlation-ID", dice.oneOf(CORRELATIONS))
  })),
  mutation("another idempotency key", (draft, dice) => ({
    ...draft,
    headers: with_(draft, "Idempotency-Key", dice.oneOf(KEYS))
  })),
  mutation("another organization", (draft, dice) => ({
    ...draft,
    headers: with_(draft, "X-Organization-ID", dice.oneOf(ORGANIZATIONS))
  })),
  mutation("a huge header", (draft, dice) => ({
    ...draft,
    headers: with_(draft, "X-Padding", "x".repeat(dice.oneOf([8_000, 15_000, 16_384, 65_536, 1_000_000])))
  })),
  mutation("many headers", (draft, dice) => ({
    ...draft,
    headers: [
      ...draft.headers,
      ...Array.from({ length: dice.oneOf([50, 500, 2_500]) }, (_, at): HeaderLine => [`x${at}`, "1"])
    ]
  }))
]
