import { Buffer } from "node:buffer"
import { type Json, textToken } from "../request/Json.ts"
import { inBody, isText, type Mutation, mutation, withQueryField } from "./Mutation.ts"

const IDS = [
  "01900000-0000-7000-8000-0000000000ff",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "01900000-0000-4000-8000-0000000000ff",
  "01900000-0000-7000-8000-0000000000FF",
  "01900000000070008000000000000000",
  "{01900000-0000-7000-8000-0000000000ff}",
  "urn:uuid:01900000-0000-7000-8000-0000000000ff",
  "1",
  "-1",
  "..",
  "."
] as const

const positions: ReadonlyArray<unknown> = [
  [],
  {},
  null,
  "",
  0,
  ["01900000-0000-7000-8000-0000000000ff"],
  ["x"],
  [null],
  [-0],
  ["a", "b", "c"],
  [{}],
  [[]],
  ["ffffffff-ffff-7fff-bfff-ffffffffffff"],
  ["01900000-0000-7000-8000-0000000000FF"],
  ["2026-01-01T00:00:00.000Z", "01900000-0000-7000-8000-0000000000ff"],
  ["0000-01-01T00:00:00.000Z", "01900000-0000-7000-8000-0000000000ff"],
  ["-000001-01-01T00:00:00.000Z", "01900000-0000-7000-8000-0000000000ff"],
  ["-271821-04-20T00:00:00.000Z", "01900000-0000-7000-8000-0000000000ff"],
  ["+275760-09-13T00:00:00.000Z", "01900000-0000-7000-8000-0000000000ff"],
  ["2026-99-99", "01900000-0000-7000-8000-0000000000ff"],
  ["1", "01900000-0000-7000-8000-0000000000ff"],
  ["01900000-0000-7000-8000-0000000000ff", "01900000-0000-7000-8000-0000000000ff"],
  ["checkout.entries", null],
  ["checkout.queue", "x"],
  ["orders.orders", "01900000-0000-7000-8000-0000000000ff"],
  ["payments.provider", "\u0000"],
  ["payments.provider", "a\u0000b"],
  ["payments.provider", "\u001b[31m"],
  ["across", "\u202e"],
  ["__proto__", null],
  ["", ""],
  ["\u0000", "\u0000"],
  ["inventory.movements", "'"],
  ["x".repeat(300), null]
]

/** Positions in lists that the program never gave, as it writes them, and what is none. */
const CURSORS: readonly [string, ...ReadonlyArray<string>] = [
  "",
  "x",
  "====",
  "e30",
  "W10=",
  " ",
  "%00",
  "\u001b",
  "a".repeat(1_000),
  "a".repeat(1_001),
  "null",
  ...positions.map((position) => Buffer.from(JSON.stringify(position)).toString("base64url")),
  Buffer.from('["\\ud800"]').toString("base64url"),
  Buffer.from('["payments.provider","\\ud800"]').toString("base64url"),
  Buffer.from([0xff, 0xfe, 0x00]).toString("base64url"),
  Buffer.from("[".repeat(700)).toString("base64url")
]

const DATES = [
  "2026-01-31T12:00:00Z",
  "2026-02-30T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T25:00:00Z",
  "2026-01-01T00:00:60Z",
  "0000-01-01T00:00:00Z",
  "0001-01-01T00:00:00+23:59",
  "9999-12-31T23:59:59-23:59",
  "9999-12-31T23:59:59.999999999Z",
  "2026-01-01T00:00:00+99:99",
  "2026-01-01",
  "2026-01-01T00:00:00",
  "1",
  "now",
  "infinity",
  "-infinity",
  "epoch",
  "2026-01-01T00:00:00z",
  "20260101T000000Z",
  "+275760-09-13T00:00:00Z",
  "2026-01-01T00:00:00.Z",
  "٢٠٢٦-01-01T00:00:00Z",
  "2023-02-29T00:00:00Z"
] as const

const VERSIONS = [
  "0-AUTHORIZED-0-0",
  "",
  "x",
  "7-COMPLETED-2-0",
  "-1--0-0",
  "9".repeat(100),
  "1-AUTHORIZED-0-0\u0000",
  "%"
] as const

const isId = (value: Json): boolean => value.type === "reference" && isText(value)

const withField = (
  name: string,
  fields: ReadonlyArray<string>,
  texts: readonly [string, ...ReadonlyArray<string>]
): Mutation =>
  mutation(name, (draft, dice) => {
    const { parameters } = draft.operation.operation
    const field = dice.among(
      fields.filter((one) => parameters.some((each) => each.in === "query" && each.name === one))
    )
    if (field === undefined) return undefined
    return withQueryField(draft, field, { type: "value", text: dice.oneOf(texts) })
  })

/** Ids, cursors, versions and times of nobody, of others, or that cannot be. */
export const identity: ReadonlyArray<Mutation> = [
  mutation("an id in the path that is none", (draft, dice) => {
    if (draft.path.every((part) => typeof part === "string")) return undefined
    const text = dice.oneOf(IDS)
    return { ...draft, path: draft.path.map((part) => (typeof part === "string" ? part : { type: "value", text })) }
  }),
  mutation("the request of another organization", (draft, dice) => ({
    ...draft,
    // The ids are the caller's own; who sends them is somebody else.
    headers: [
      ...draft.headers.filter(([name]) => name !== "X-Organization-ID"),
      [
        "X-Organization-ID",
        dice.oneOf(["01900000-0000-7000-8000-00000000f002", "01900000-0000-7000-8000-00000000f001"])
      ]
    ]
  })),
  inBody("an id that is none", isId, (_, dice) => textToken(dice.oneOf(IDS))),
  withField("a cursor that is none", ["cursor"], CURSORS),
  mutation("a cursor in the body that is none", (draft, dice) => {
    const { body } = draft
    if (body === undefined || Buffer.isBuffer(body) || body.type !== "object") return undefined
    if (!body.members.some(({ key }) => key === '"filter"')) return undefined
    const members = body.members.filter(({ key }) => key !== '"cursor"')
    return {
      ...draft,
      body: { ...body, members: [...members, { key: '"cursor"', value: textToken(dice.oneOf(CURSORS)) }] },
      mustBeRefused: undefined
    }
  }),
  withField("a time that is none", ["from", "to"], DATES),
  inBody(
    "a version that is none",
    (value) => value.type === "reference" && value.to === "version",
    (_, dice) => textToken(dice.oneOf(VERSIONS))
  ),
  mutation("a cursor of anybody", (draft, dice) =>
    draft.operation.operation.parameters.some(({ name }) => name === "cursor")
      ? withQueryField(draft, "cursor", {
          type: "reference",
          to: "cursor",
          index: dice.below(1_000),
          from: dice.oneOf(["own", "other", "demo"])
        })
      : undefined
  )
]
