import { STATUS_CODES } from "node:http"
import { uuidV7 } from "@valerix/money-and-ids"
import { CorrelationId, CurrentCorrelationId } from "@valerix/telemetry"
import { Effect } from "effect"
import { HttpServerRespondable } from "effect/http"
import { BodyTooLarge, HeadersTooLarge, MalformedRequest, RequestTimeout } from "./StandardProblems.ts"

const problemFor = (code: string | undefined): HttpServerRespondable.Respondable => {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new HeadersTooLarge()
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new BodyTooLarge()
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new RequestTimeout()
    default:
      return new MalformedRequest()
  }
}

/**
 * The bytes that refuse what is no request yet, written straight to its connection: there is no request for a handler
 * to answer. `code` is the code of the parser's error.
 */
export const refusal = (code: string | undefined): string => {
  const correlationId = CorrelationId.make(uuidV7())
  const response = Effect.runSync(
    Effect.provideService(HttpServerRespondable.toResponse(problemFor(code)), CurrentCorrelationId, correlationId)
  )
  const body = response.body._tag === "Uint8Array" ? new TextDecoder().decode(response.body.body) : ""
  return [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}`,
    "Connection: close",
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Correlation-ID: ${correlationId}`,
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    "",
    body
  ].join("\r\n")
}
