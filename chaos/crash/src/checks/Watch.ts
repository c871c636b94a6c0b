import { VerifyPromises } from "@valerix/checkout"
import { databaseUnavailableIn } from "@valerix/database"
import { OrganizationId } from "@valerix/money-and-ids"
import { Cause, Effect } from "effect"
import { CampaignFailed } from "../CampaignFailed.ts"
import type { Chapter } from "../load/Chapter.ts"

const LOOK_EVERY_MS = 4_000
/** The promises that are always true, also while programs die. */
const ALWAYS_TRUE_MAX = 5

/** Looks every few seconds whether the promises hold that are always true. Never ends; fails when one is broken. */
export const watchPromises = (
  chapter: () => Chapter | undefined,
  onLook: () => void
): Effect.Effect<never, CampaignFailed, VerifyPromises> =>
  Effect.gen(function* () {
    const verify = yield* VerifyPromises
    const look = Effect.gen(function* () {
      for (const organization of chapter()?.organizations ?? []) {
        let position: Parameters<typeof verify.part>[1]
        do {
          const { findings, next } = yield* verify.part(OrganizationId.make(organization), position)
          const broken = findings.filter(({ promise }) => promise <= ALWAYS_TRUE_MAX)
          if (broken.length > 0) {
            return yield* new CampaignFailed({
              findings: broken.map(
                (one) => `promise ${one.promise}  ${one.code}  ${one.organizationId}  ${one.subject}  ${one.message}`
              )
            })
          }
          position = next
        } while (position !== undefined)
      }
      onLook()
    })
    return yield* look.pipe(
      // PostgreSQL is away, or was in the middle of it: it is looked at again.
      Effect.catchCause((cause) =>
        databaseUnavailableIn(cause) === undefined || Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : Effect.void
      ),
      Effect.andThen(Effect.sleep(LOOK_EVERY_MS)),
      Effect.forever
    )
  })
