import type { OrderRequest } from "./OrderRequest.ts"

/**
 * The canonical form of a request: equal requests give equal text, whatever the order of their keys and white space.
 * Keys are sorted, absent members are left out (compare RFC 8785).
 */
export const canonicalForm = (request: OrderRequest): string => canonicalJson(request)

const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(",")}}`
}
