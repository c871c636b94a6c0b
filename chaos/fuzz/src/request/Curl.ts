import type { Rendered } from "./Rendered.ts"

const SHOWN_MAX_BYTES = 4_000

const quoted = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text)
    ? `'${text.replaceAll("'", "'\\''")}'`
    : `$'${text.replace(/[^\x20-\x7e]|['\\]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)}'`

const isPlain = ({ body, delivery, headers, isWellFormed, target }: Rendered): boolean =>
  isWellFormed &&
  delivery.type === "whole" &&
  /^\/[\x21-\x7e]*$/.test(target) &&
  !(body?.includes(0) ?? false) &&
  (body?.length ?? 0) <= SHOWN_MAX_BYTES &&
  headers.every(([name, value]) => /^[\w-]+$/.test(name) && value.length <= SHOWN_MAX_BYTES)

/** How to send a request again: with curl where curl can, else its bytes. */
export const asCommand = (url: string, request: Rendered): string => {
  if (!isPlain(request)) return asBytes(request)
  const { body, headers, method, target } = request
  const own = headers.filter(([name]) => !["host", "content-length"].includes(name.toLowerCase()))
  return [
    `curl -i --path-as-is --globoff -X ${method}`,
    ...own.map(([name, value]) => (value === "" ? `-H ${quoted(`${name};`)}` : `-H ${quoted(`${name}: ${value}`)}`)),
    ...(body === undefined ? [] : [`--data-binary ${quoted(body.toString("latin1"))}`]),
    quoted(`${url}${target}`)
  ].join(" ")
}

const asBytes = ({ bytes, delivery }: Rendered): string => {
  const shown = bytes.subarray(0, SHOWN_MAX_BYTES).toString("latin1")
  const rest = bytes.length - SHOWN_MAX_BYTES
  const how = delivery.type === "whole" ? "" : ` (sent: ${JSON.stringify(delivery)})`
  return `bytes${how}: ${JSON.stringify(shown).replace(/[\x7f-\xff]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`)}${rest > 0 ? ` and ${rest} more` : ""}`
}
