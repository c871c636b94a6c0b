import { HttpMiddleware } from "effect/http"
import { CORRELATION_HEADER } from "./Door.ts"

const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

/**
 * Lets pages that this machine serves, on whatever port, call a server that listens on loopback and asks nobody who they
 * are (CORS). Pages from elsewhere are not let: they would speak with the rights of whoever looks at them.
 */
export const forLocalPages = HttpMiddleware.cors({
  // There is no Origin at all in what a program sends.
  allowedOrigins: (origin: string | undefined) => origin !== undefined && LOCAL_ORIGIN.test(origin),
  exposedHeaders: [CORRELATION_HEADER, "location", "idempotency-replayed", "retry-after"],
  maxAge: 600
})
