import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Schedule } from "effect"
import type { DatabaseConnection } from "../../src/embedded/index.ts"
import { openSession, type SessionFailed } from "../../src/embedded/PostgresSession.ts"
import { isAlive } from "../../src/embedded/ProcessSignal.ts"

/** Runs one statement on a connection of its own. */
export const ask = (
  connection: DatabaseConnection,
  sql: string
): Effect.Effect<ReadonlyArray<unknown>, SessionFailed> =>
  Effect.scoped(Effect.flatMap(openSession(connection, "test"), (session) => session.run(sql)))

/** Waits for something to become true; fails loudly when it does not. */
export const eventually = <E>(condition: Effect.Effect<boolean, E>, what: string): Effect.Effect<void, E> =>
  condition.pipe(
    Effect.repeat({ until: (reached) => reached, schedule: Schedule.spaced("20 millis") }),
    Effect.timeoutOrElse({ duration: "20 seconds", orElse: () => Effect.die(new Error(`Never came true: ${what}`)) }),
    Effect.asVoid
  )

export const isGone = (processId: number) => Effect.sync(() => !isAlive(processId))

export const passwordsOf = (home: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(async () => {
    const text = await readFile(join(home, "credentials.json"), "utf8")
    return [...text.matchAll(/"(?:admin|owner|service)":"([^"]+)"/g)].flatMap(([, password]) => password ?? [])
  })
