import type { Caller } from "./Caller.ts"

/** What stands for something that only the run knows: an id that the program has made, a cursor that it gave. */
export interface Reference {
  readonly type: "reference"
  readonly to: ReferenceTo
  /** Which of those that are there, counted round. */
  readonly index: number
  /** Whom it belongs to, where that is not the caller. */
  readonly from?: Caller
}

export type ReferenceTo = "order" | "product" | "sku" | "customer" | "payment" | "cursor" | "version" | "key"

/**
 * JSON as it is written, so that a request can also be what no JSON library would write: a text is a token as it goes
 * over the wire, quotes included.
 */
export type Json =
  | Reference
  | { readonly type: "token"; readonly text: string }
  | { readonly type: "array"; readonly items: ReadonlyArray<Json> }
  | { readonly type: "object"; readonly members: ReadonlyArray<Member> }

export interface Member {
  /** The key as it goes over the wire, quotes included. */
  readonly key: string
  readonly value: Json
}

export const token = (text: string): Json => ({ type: "token", text })

export const textToken = (text: string): Json => token(JSON.stringify(text))

export const member = (name: string, value: Json): Member => ({ key: JSON.stringify(name), value })

/** A value of JavaScript as JSON. */
export const jsonOf = (value: unknown): Json => {
  if (Array.isArray(value)) return { type: "array", items: value.map(jsonOf) }
  if (typeof value !== "object" || value === null) return token(JSON.stringify(value) ?? "null")
  return { type: "object", members: Object.entries(value).map(([name, each]) => member(name, jsonOf(each))) }
}

/** Gives the text that a reference stands for; none where there is nothing to name. */
export type Resolve = (reference: Reference) => string | undefined

/** Writes JSON. A member that names nothing is left out. */
export const written = (json: Json, resolve: Resolve): string => {
  switch (json.type) {
    case "reference":
      return JSON.stringify(resolve(json) ?? "")
    case "token":
      return json.text
    case "array":
      return `[${json.items.map((item) => written(item, resolve)).join(",")}]`
    case "object":
      return `{${json.members
        .filter(({ value }) => value.type !== "reference" || resolve(value) !== undefined)
        .map(({ key, value }) => `${key}:${written(value, resolve)}`)
        .join(",")}}`
  }
}

/** How many values there are in it, itself included. */
export const sizeOf = (json: Json): number => {
  if (json.type === "array") return json.items.reduce((sum, item) => sum + sizeOf(item), 1)
  if (json.type === "object") return json.members.reduce((sum, { value }) => sum + sizeOf(value), 1)
  return 1
}

/** The same with the value at a place changed; places count from 0, the whole, in the order of writing. */
export const changedAt = (json: Json, place: number, change: (value: Json) => Json): Json => {
  if (place === 0) return change(json)
  let next = 1
  const visit = (child: Json): Json => {
    const from = next
    next += sizeOf(child)
    return place >= from && place < next ? changedAt(child, place - from, change) : child
  }
  if (json.type === "array") return { ...json, items: json.items.map(visit) }
  if (json.type === "object") {
    return { ...json, members: json.members.map(({ key, value }) => ({ key, value: visit(value) })) }
  }
  return json
}

/** The places of the values that are of one type. */
export const placesOf = (json: Json, isMeant: (value: Json) => boolean): ReadonlyArray<number> => {
  const places: Array<number> = []
  let place = 0
  const visit = (value: Json): void => {
    if (isMeant(value)) places.push(place)
    place += 1
    if (value.type === "array") value.items.forEach(visit)
    if (value.type === "object") for (const each of value.members) visit(each.value)
  }
  visit(json)
  return places
}
