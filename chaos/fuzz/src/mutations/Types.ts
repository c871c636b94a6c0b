import { jsonOf, token } from "../request/Json.ts"
import { inBody, isAny, type Mutation, mutation, withQueryField } from "./Mutation.ts"

const OTHERS = [null, true, false, 0, -1, 1.5, "", "1", "true", [], {}, [[]], [null], { "": "" }].map(jsonOf)

/** Values of other types than were asked for. */
export const types: ReadonlyArray<Mutation> = [
  inBody("a value of another type", isAny, (_, dice) => dice.among(OTHERS) ?? token("null")),
  inBody("a list around a value", isAny, (value) => ({ type: "array", items: [value] })),
  mutation("a query field of another type", (draft, dice) => {
    const { parameters } = draft.operation.operation
    const parameter = dice.among(parameters.filter((one) => one.in === "query"))
    if (parameter === undefined) return undefined
    const text = dice.oneOf(["", " ", "null", "true", "1e3", "0x10", "[]", "{}", "1,2", "NaN", "-", "+1", "01"])
    return withQueryField(draft, parameter.name, { type: "value", text })
  })
]
