import type { HttpServerRequest } from "effect/http"

/** Why the body of a request cannot be read by an operation that takes these media types; undefined if it can. */
export const mediaTypeFault = (
  request: HttpServerRequest.HttpServerRequest,
  taken: ReadonlySet<string>
): string | undefined => {
  const { "content-type": contentType, "content-encoding": contentEncoding } = request.headers
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== "identity") {
    return "The body must not be compressed."
  }
  if (contentType !== undefined && taken.has(contentType)) return undefined
  if (contentType === undefined) return hasBody(request) ? `The body needs a Content-Type: ${list(taken)}.` : undefined
  const [type = "", ...parameters] = contentType.toLowerCase().split(";")
  if (!taken.has(type.trim())) return `The Content-Type of the body must be ${list(taken)}.`
  return parameters.every(isUtf8OrNoCharset) ? undefined : "The body must be in UTF-8."
}

const hasBody = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

const isUtf8OrNoCharset = (parameter: string): boolean => {
  const charset = /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/.exec(parameter)?.[1]
  return charset === undefined || charset === "utf-8" || charset === "utf8" || charset === "us-ascii"
}

const list = (taken: ReadonlySet<string>): string => [...taken].join(" or ")
