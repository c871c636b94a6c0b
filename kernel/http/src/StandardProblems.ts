import { Schema } from "effect"
import { Problem } from "./Problem.ts"

/** Fields, parameters or headers that cannot be accepted; `errors` names every one of them. */
export class ValidationError extends Problem<ValidationError>()("ValidationError", {
  code: "validation_error",
  status: 400,
  title: "The request has fields that cannot be accepted."
}) {}

/** The body is not JSON that can be read: its syntax, its encoding or its depth is wrong. */
export class MalformedJson extends Problem<MalformedJson>()("MalformedJson", {
  code: "malformed_json",
  status: 400,
  title: "The body is not JSON that can be read."
}) {}

/** The bytes on the connection are not HTTP that can be read. */
export class MalformedRequest extends Problem<MalformedRequest>()("MalformedRequest", {
  code: "malformed_request",
  status: 400,
  title: "The request is not valid HTTP."
}) {}

/** No operation has this path. */
export class RouteNotFound extends Problem<RouteNotFound>()("RouteNotFound", {
  code: "route_not_found",
  status: 404,
  title: "There is nothing at this path."
}) {}

/** The path exists, but not with this method; the `Allow` header lists those it has. */
export class MethodNotAllowed extends Problem<MethodNotAllowed>()("MethodNotAllowed", {
  code: "method_not_allowed",
  status: 405,
  title: "This path does not have this method."
}) {}

/** The request did not arrive completely in time. */
export class RequestTimeout extends Problem<RequestTimeout>()("RequestTimeout", {
  code: "request_timeout",
  status: 408,
  title: "The request did not arrive in time."
}) {}

/** The body is larger than any request may be. */
export class BodyTooLarge extends Problem<BodyTooLarge>()("BodyTooLarge", {
  code: "body_too_large",
  status: 413,
  title: "The body is too large."
}) {}

/** The body is of a media type or an encoding that the operation does not take. */
export class UnsupportedMediaType extends Problem<UnsupportedMediaType>()("UnsupportedMediaType", {
  code: "unsupported_media_type",
  status: 415,
  title: "The body is of a media type that is not accepted."
}) {}

/** The header section is larger than any request's may be. */
export class HeadersTooLarge extends Problem<HeadersTooLarge>()("HeadersTooLarge", {
  code: "headers_too_large",
  status: 431,
  title: "The header section is too large."
}) {}

/** A fault on our side; its cause is in the log under the correlation id. */
export class InternalError extends Problem<InternalError>()("InternalError", {
  code: "internal_error",
  status: 500,
  title: "Something went wrong on our side."
}) {}

/** It cannot be done now and may work in a moment: the same request may be sent again after `Retry-After`. */
export class TemporarilyUnavailable extends Problem<TemporarilyUnavailable>()("TemporarilyUnavailable", {
  code: "temporarily_unavailable",
  status: 503,
  title: "The service cannot answer right now."
}) {}

/** A dependency that is needed to serve is down. */
export class NotReady extends Problem<NotReady>()("NotReady", {
  code: "not_ready",
  status: 503,
  title: "The service is not ready to serve.",
  members: { dependencies: Schema.Record(Schema.String, Schema.String) }
}) {}
