import type { Dice } from "../Dice.ts"
import type { Draft, FieldValue } from "../request/Draft.ts"
import { changedAt, type Json, placesOf } from "../request/Json.ts"

/** One thing that is done to a request. Gives none where there is nothing in the request to do it to. */
export interface Mutation {
  readonly name: string
  readonly apply: (draft: Draft, dice: Dice) => Draft | undefined
}

export const mutation = (name: string, apply: Mutation["apply"]): Mutation => ({ name, apply })

/** Changes one value of a JSON body, of those that are meant. */
export const inBody = (
  name: string,
  isMeant: (value: Json) => boolean,
  change: (value: Json, dice: Dice) => Json,
  mustBeRefused?: string
): Mutation =>
  mutation(name, (draft, dice) => {
    const { body } = draft
    if (body === undefined || Buffer.isBuffer(body)) return undefined
    const place = dice.among(placesOf(body, isMeant))
    if (place === undefined) return undefined
    const changed = changedAt(body, place, (value) => change(value, dice))
    return { ...draft, body: changed, mustBeRefused }
  })

/** The request with this field in its query, once; what was wrong with its query before is so no more. */
export const withQueryField = (draft: Draft, name: string, value: FieldValue): Draft => ({
  ...draft,
  query: [...draft.query.filter(([one]) => one !== name), [name, value]],
  mustBeRefused: undefined
})

export const isAny = (): boolean => true
export const isObject = ({ type }: Json): boolean => type === "object"
export const isText = (value: Json): boolean =>
  value.type === "reference" || (value.type === "token" && value.text.startsWith('"'))
export const isNumber = (value: Json): boolean => value.type === "token" && /^-?\d/.test(value.text)
