import { Effect } from "effect"

const LOOK_EVERY_MS = 5
const LIMIT_MS = 30_000

/** Looks again and again until what it sees is so, and gives it; a test that waits too long dies and says for what. */
export const until = <A, E, R>(
  what: string,
  look: Effect.Effect<A, E, R>,
  isSo: (seen: A) => boolean
): Effect.Effect<A, E, R> => {
  let last: A | undefined
  return look.pipe(
    Effect.tap((seen) =>
      Effect.sync(() => {
        last = seen
      })
    ),
    Effect.tap((seen) => (isSo(seen) ? Effect.void : Effect.sleep(LOOK_EVERY_MS))),
    Effect.repeat({ until: isSo }),
    Effect.timeoutOrElse({
      duration: LIMIT_MS,
      orElse: () => Effect.die(new Error(`waited in vain until ${what}; the last seen: ${JSON.stringify(last)}`))
    })
  )
}
