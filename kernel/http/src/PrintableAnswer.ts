import { escapeHarmful } from "@valerix/telemetry"
import { HttpBody, HttpServerResponse } from "effect/http"

const DELETE = "\u007f"

/**
 * The answer with every character of its JSON that could harm who sees it as it is, in a terminal or a log, written as an
 * escape: JSON.stringify leaves some of them. The JSON says the same.
 */
export const printable = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  const { body } = response
  if (body._tag !== "Uint8Array" || body.text === undefined || !body.contentType.includes("json")) return response
  const { contentLength, contentType, text } = body
  // As many bytes as characters: all of them are ASCII, as nearly always.
  if (contentLength === text.length && !text.includes(DELETE)) return response
  const escaped = escapeHarmful(text)
  return escaped === text ? response : HttpServerResponse.setBody(response, HttpBody.text(escaped, contentType))
}
