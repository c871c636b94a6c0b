import { Effect } from "effect"
import { MissingIdempotencyKey } from "../../contract/OrderProblems.ts"

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/** The header as a key: 1 to 255 visible ASCII characters. */
export const readIdempotencyKey = (header: string | undefined): Effect.Effect<string, MissingIdempotencyKey> =>
  header !== undefined && IDEMPOTENCY_KEY.test(header)
    ? Effect.succeed(header)
    : Effect.fail(
        new MissingIdempotencyKey({
          errors: [{ field: "header Idempotency-Key", message: "must be 1 to 255 visible ASCII characters" }]
        })
      )
