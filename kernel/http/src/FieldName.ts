/** Where a field of a request is. */
export type Place = "body" | "query" | "path" | "header"

const NAME_MAX_CHARACTERS = 200
const PLAIN_NAME = /^[A-Za-z_$][A-Za-z0-9_$-]*$/

/** Makes text of a caller safe to quote: control characters, and what could reorder a line, become `?`; it is cut at 200. */
export const quotable = (text: string): string => {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "?")
  return safe.length > NAME_MAX_CHARACTERS ? `${safe.slice(0, NAME_MAX_CHARACTERS)}…` : safe
}

/**
 * The name of a field as problems give it. A body field is its path, `items[3].quantity`, and the body as a whole is
 * `body`; a field elsewhere says where before its name: `query limit`, `path order_id`, `header Idempotency-Key`.
 */
export const fieldName = (place: Place, path: ReadonlyArray<PropertyKey>): string => {
  if (place === "header") return `header ${headerName(String(path[0] ?? ""))}`
  let name = ""
  for (const key of path) {
    if (typeof key === "number") name += `[${key}]`
    else if (!PLAIN_NAME.test(String(key))) name += `[${JSON.stringify(quotable(String(key)))}]`
    else name += name === "" ? String(key) : `.${String(key)}`
  }
  if (place !== "body") return quotable(`${place} ${name}`)
  return name === "" ? "body" : quotable(name)
}

/** A header's name as it is usually written: Idempotency-Key, X-Organization-ID. */
export const headerName = (name: string): string =>
  quotable(name)
    .split("-")
    .map((word) => (word === "id" ? "ID" : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("-")
