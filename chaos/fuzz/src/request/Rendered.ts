import type { World } from "../world/World.ts"
import { ORGANIZATIONS } from "../world/World.ts"
import type { Caller } from "./Caller.ts"
import type { Delivery, Draft, FieldValue, PathPart } from "./Draft.ts"
import { type Resolve, written } from "./Json.ts"

/** A request as it goes over the wire. */
export interface Rendered {
  readonly bytes: Buffer
  /** Before something was done to its bytes as a whole. */
  readonly method: string
  readonly target: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Buffer | undefined
  readonly caller: Caller
  /** Its idempotency key, where it has one alone. */
  readonly key: string | undefined
  readonly isWellFormed: boolean
  readonly delivery: Delivery
}

const CRLF = "\r\n"

/** Puts the ids of the run into a request, and writes it. `freshKey` is the key that nobody has used. */
export const rendered = (draft: Draft, world: World, freshKey: string, host: string): Rendered => {
  const { caller, delivery, encode, method, wire } = draft
  const list = draft.path.filter((part) => typeof part === "string").join("")
  const resolve: Resolve = (reference) => (reference.to === "key" ? freshKey : world.resolve(caller, reference, list))
  const path = draft.path.map((part) => pathText(part, resolve)).join("")
  const query = draft.query
    .filter(([, value]) => value.type !== "reference" || resolve(value) !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${fieldText(value, resolve)}`)
    .join("&")
  const target = query === "" ? path : `${path}?${query}`
  const text = draft.body === undefined || Buffer.isBuffer(draft.body) ? undefined : written(draft.body, resolve)
  const body = Buffer.isBuffer(draft.body)
    ? draft.body
    : text === undefined
      ? undefined
      : (encode?.(text) ?? Buffer.from(text, "utf8"))
  const headers = headersOf(draft, host, body, resolve)
  const head = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""]
  const whole = Buffer.concat([Buffer.from(head.join(CRLF), "latin1"), body ?? Buffer.alloc(0)])
  const keys = headers.filter(([name]) => name.toLowerCase() === "idempotency-key")
  return {
    bytes: wire === undefined ? whole : wire(whole),
    method,
    target,
    headers,
    body,
    caller,
    key: keys.length === 1 ? keys[0]?.[1] : undefined,
    isWellFormed: wire === undefined && (delivery.type === "whole" || delivery.type === "slow"),
    delivery
  }
}

const headersOf = (
  { caller, headers }: Draft,
  host: string,
  body: Buffer | undefined,
  resolve: Resolve
): Rendered["headers"] => {
  const given = headers.map(
    ([name, value]) => [name, typeof value === "string" ? value : headerText(resolve(value) ?? "")] as const
  )
  const has = (name: string) => given.some(([one]) => one.toLowerCase() === name)
  const organization = ORGANIZATIONS[caller]
  return [
    ...(has("host") ? [] : [["Host", host] as const]),
    ...(has("x-organization-id") || organization === undefined ? [] : [["X-Organization-ID", organization] as const]),
    ...given,
    ...(body === undefined || has("content-length") || has("transfer-encoding")
      ? []
      : [["Content-Length", String(body.length)] as const])
  ]
}

/** A header is written one byte per character. */
const headerText = (text: string): string => Buffer.from(text, "utf8").toString("latin1")

const pathText = (part: PathPart, resolve: Resolve): string => {
  if (typeof part === "string") return part
  return encodeURIComponent(part.type === "reference" ? (resolve(part) ?? "") : part.text.toWellFormed())
}

const fieldText = (value: FieldValue, resolve: Resolve): string => {
  if (value.type === "raw") return value.text
  return encodeURIComponent(value.type === "reference" ? (resolve(value) ?? "") : value.text.toWellFormed())
}
