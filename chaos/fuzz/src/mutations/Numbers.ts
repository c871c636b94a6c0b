import { textToken, token } from "../request/Json.ts"
import { inBody, isNumber, type isText, type Mutation, mutation, withQueryField } from "./Mutation.ts"

/** Numbers as they are written: what no program writes, what none can hold, and the edges of what it can. */
const NUMBERS = [
  "1e400",
  "-1e400",
  "1e-400",
  "-0",
  "0",
  "-1",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740993",
  "2147483647",
  "2147483648",
  "4294967296",
  "9223372036854775807",
  "9223372036854775808",
  "1.0",
  "1.5",
  "1E3",
  "1e0",
  "0.1e1",
  "100000000000000000000",
  "0.30000000000000004",
  "5e-324",
  "1.7976931348623157e308"
] as const

/** What looks like a number and is no JSON. */
const NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "+1", "01", "1.", ".5", "0x10", "1_000", "1e", "--1", "1n"] as const

const AMOUNTS = [
  "0",
  "-0",
  "-0.00",
  "0.01",
  "0.001",
  "1e3",
  "1,00",
  " 1",
  "1 ",
  "+1",
  "00",
  "01",
  ".5",
  "5.",
  "",
  "NaN",
  "١",
  "1٫5",
  "99999999999.99",
  "100000000000.00",
  "9999999999999.99",
  "9007199254740993",
  "-99999999999.99",
  "0x10",
  "1_0"
] as const

const LIMITS = ["0", "1", "100", "101", "-1", "1.5", "1e2", "1e400", "9007199254740993", "٣", " 1", "0x10"] as const

const isAmount = (value: Parameters<typeof isText>[0]): boolean =>
  value.type === "token" && /^"-?\d+(\.\d+)?"$/.test(value.text)

/** The edges of a number that a document names, and what lies just beyond. */
const beside = (text: string, step: number): string =>
  Number.isSafeInteger(Number(text)) ? String(Number(text) + step) : text

/** Numbers at their limits, beyond them, and in ways that are hard to read. */
export const numbers: ReadonlyArray<Mutation> = [
  inBody("a number that is hard to hold", isNumber, (_, dice) => token(dice.oneOf(NUMBERS))),
  inBody("what looks like a number", isNumber, (_, dice) => token(dice.oneOf(NO_NUMBERS)), "its body is not JSON"),
  inBody("one more or less", isNumber, (value, dice) =>
    value.type === "token" ? token(beside(value.text, dice.oneOf([1, -1]))) : value
  ),
  inBody("a number at its limit", isNumber, (_, dice) =>
    token(dice.oneOf(["0", "1", "2", "999999", "1000000", "1000001", "1000000000", "1000000001", "1001", "1000"]))
  ),
  inBody("another amount", isAmount, (_, dice) => textToken(dice.oneOf(AMOUNTS))),
  mutation("a limit beyond its limit", (draft, dice) => {
    if (!draft.operation.operation.parameters.some(({ name }) => name === "limit")) return undefined
    return withQueryField(draft, "limit", { type: "value", text: dice.oneOf(LIMITS) })
  })
]
