import { jsonOf, type Member, member, textToken } from "../request/Json.ts"
import { inBody, isObject, type Mutation, mutation } from "./Mutation.ts"

const UNKNOWN = [
  "colour",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  " ",
  "\u0000",
  "\u001b[31m",
  "\u202e",
  "organization_id",
  "id",
  "status",
  "total",
  "unit_price",
  "epoch",
  "x".repeat(300),
  "a.b",
  "a[0]",
  "\r\nX: y"
] as const

/** A key as another spelling of it, which means the same to a JSON parser. */
const escapedKey = (key: string): string =>
  `"${[...String(JSON.parse(key))].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`

/** A cursor is left out where none was given yet. */
const isThere = ({ value }: Member): boolean => value.type !== "reference" || value.to !== "cursor"
const hasMembers = (value: Parameters<typeof isObject>[0]): boolean =>
  value.type === "object" && value.members.some(isThere)

/** Members of objects that are missing, unknown, or there more than once. */
export const keys: ReadonlyArray<Mutation> = [
  inBody("a missing key", hasMembers, (value, dice) => {
    if (value.type !== "object") return value
    const left = dice.below(value.members.length)
    return { ...value, members: value.members.filter((_, at) => at !== left) }
  }),
  inBody("an unknown key", isObject, (value, dice) =>
    value.type === "object"
      ? {
          ...value,
          members: [
            ...value.members,
            member(dice.oneOf(UNKNOWN), dice.oneOf([jsonOf(1), jsonOf({ a: 1 }), textToken("x")]))
          ]
        }
      : value
  ),
  inBody(
    "a duplicate key",
    hasMembers,
    (value, dice) => {
      const again = value.type === "object" ? dice.among(value.members.filter(isThere)) : undefined
      return value.type === "object" && again !== undefined ? { ...value, members: [...value.members, again] } : value
    },
    "a key is there twice"
  ),
  inBody(
    "a duplicate key in another spelling",
    hasMembers,
    (value, dice) => {
      const again = value.type === "object" ? dice.among(value.members.filter(isThere)) : undefined
      return value.type === "object" && again !== undefined
        ? { ...value, members: [...value.members, { ...again, key: escapedKey(again.key) }] }
        : value
    },
    "a key is there twice"
  ),
  inBody("keys in another case", hasMembers, (value) =>
    value.type === "object"
      ? { ...value, members: value.members.map(({ key, value: each }) => ({ key: key.toUpperCase(), value: each })) }
      : value
  ),
  inBody("many keys", isObject, (value, dice) =>
    value.type === "object"
      ? {
          ...value,
          members: [
            ...value.members,
            ...Array.from({ length: dice.oneOf([20, 500, 5_000]) }, (_, at) => member(`k${at}`, jsonOf(at)))
          ]
        }
      : value
  ),
  mutation("an unknown query field", (draft, dice) => ({
    ...draft,
    query: [...draft.query, [dice.oneOf(UNKNOWN), { type: "value", text: "1" }]],
    mustBeRefused: "it has an unknown query field"
  })),
  mutation("a query field twice", (draft) => {
    const field = draft.query.find(([, value]) => value.type !== "reference")
    return field === undefined
      ? undefined
      : { ...draft, query: [...draft.query, field], mustBeRefused: "a query field is there twice" }
  })
]
