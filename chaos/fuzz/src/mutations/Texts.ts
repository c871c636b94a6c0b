import { jsonOf, textToken, token } from "../request/Json.ts"
import { inBody, isText, type Mutation, mutation, withQueryField } from "./Mutation.ts"

/** What harms those who read it: terminals, logs, databases, spreadsheets, pages. */
const HOSTILE = [
  "\u0000",
  "a\u0000b",
  "\u001b[2J\u001b[31mred",
  "\u009b31m",
  "line\r\nSet-Cookie: a=b",
  "a\nb",
  "\r",
  "\u0007\u0008",
  "\u202etxt.exe",
  "\u2066\u2069\u200f",
  "\u2028\u2029",
  "\ufeff",
  "\u007f",
  "\u0085",
  "\ufffe\uffff",
  "\ufffd",
  "\u{e0001}\u{e0041}",
  "e\u0301\u0301\u0301",
  "ﷺ",
  "İ",
  "ß",
  "ﬀ",
  "ΐ",
  "\u00ad",
  "\u200b",
  "\u3164",
  "' OR 1=1 --",
  "'; DROP TABLE order_ledger; --",
  "\\",
  "\\'",
  "%",
  "_",
  "%s%n",
  "{{7*7}}",
  "<script>",
  "=cmd|'/C calc'!A0",
  "../../etc/passwd",
  "$1",
  "?",
  ":name",
  "{}",
  "{1,2}",
  '"',
  "NULL",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "toString",
  "-1",
  "1e309",
  " ",
  "  ",
  "\t",
  "\u00a0"
] as const

/** Escapes that a JSON parser takes and a database may not. */
const ESCAPES = [
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00x"',
  '"\\ud800\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u001b[31m"',
  '"\\u202e"',
  '"\\u000d\\u000a"',
  '"\\ud83d\\ude00"',
  '"\\/"',
  '"\\u2028"',
  '"\\u0085"',
  '"\\ufeff"'
] as const

/** Texts that are no JSON: escapes that there are not, and characters that have to be escaped. */
const NO_TEXTS = [
  '"\\x41"',
  '"\\u12"',
  '"\\u{1f600}"',
  '"\\',
  '"a\nb"',
  '"\u0000"',
  '"\t"',
  "'a'",
  '"\u001b"',
  "`a`"
] as const

const LENGTHS = [1, 32, 33, 100, 101, 200, 201, 254, 255, 256, 500, 501, 1_000, 1_001, 16_384, 20_000] as const

/** Texts that are hostile, long, or no texts. */
export const texts: ReadonlyArray<Mutation> = [
  inBody("a hostile text", isText, (_, dice) => textToken(dice.oneOf(HOSTILE))),
  inBody("hostile characters in a text", isText, (value, dice) =>
    value.type === "token" ? token(`"${JSON.stringify(dice.oneOf(HOSTILE)).slice(1, -1)}${value.text.slice(1)}`) : value
  ),
  inBody("an escape", isText, (_, dice) => token(dice.oneOf(ESCAPES))),
  inBody("a text that is no JSON", isText, (_, dice) => token(dice.oneOf(NO_TEXTS)), "its body is not JSON"),
  inBody("a text of some length", isText, (_, dice) =>
    textToken(dice.oneOf(["x", "\u00e4", "\u{1f600}", "\u202e", "\\", "\u0001"]).repeat(dice.oneOf(LENGTHS)))
  ),
  mutation("a hostile text in the query", (draft, dice) => {
    const parameter = dice.among(draft.operation.operation.parameters.filter((one) => one.in === "query"))
    return withQueryField(draft, parameter?.name ?? "text", { type: "value", text: dice.oneOf(HOSTILE) })
  }),
  mutation("an encoding in the query that is none", (draft, dice) => {
    const parameter = dice.among(draft.operation.operation.parameters.filter((one) => one.in === "query"))
    const text = dice.oneOf([
      "%",
      "%zz",
      "%00",
      "%ED%A0%80",
      "%C0%80",
      "%FF",
      "%u0041",
      "a%",
      "%25%30%30",
      "+",
      "%0d%0aX: y"
    ])
    return { ...draft, query: [...draft.query, [parameter?.name ?? "text", { type: "raw", text }]] }
  }),
  mutation("a hostile text in the path", (draft, dice) => {
    const places = draft.path.flatMap((part, place) => (typeof part === "string" ? [] : [place]))
    const place = dice.among(places)
    if (place === undefined) return undefined
    const text = dice.oneOf(HOSTILE)
    return { ...draft, path: draft.path.map((part, at) => (at === place ? { type: "value", text } : part)) }
  }),
  mutation("a hostile text in metadata", (draft, dice) => {
    const { body } = draft
    if (body === undefined || Buffer.isBuffer(body) || body.type !== "object") return undefined
    if (!draft.operation.operation.operationId.endsWith("placeOrder")) return undefined
    const value = jsonOf({ [dice.oneOf(HOSTILE)]: dice.oneOf(HOSTILE) })
    const others = body.members.filter(({ key }) => key !== '"metadata"')
    const members = [...others, { key: '"metadata"', value }]
    return { ...draft, body: { type: "object", members }, mustBeRefused: undefined }
  })
]
