import { Context } from "effect"

/** Makes of a request's canonical form what is kept to recognize the same request: a SHA-256, in hexadecimal. */
export class RequestDigest extends Context.Service<RequestDigest, { readonly of: (canonical: string) => string }>()(
  "@valerix/checkout/RequestDigest"
) {}
