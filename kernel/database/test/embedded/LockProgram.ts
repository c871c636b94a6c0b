import { Effect } from "effect"
import { openHome } from "../../src/embedded/HomeFolder.ts"
import { lockHome } from "../../src/embedded/HomeLock.ts"
import type { Report } from "./ChildProcess.ts"

/** Tries to hold the given home's lock, reports, and holds it until it is killed. */
const home = process.argv[2] ?? ""
const report = (report: Report) => Effect.sync(() => process.stdout.write(`${JSON.stringify(report)}\n`))

const program = Effect.gen(function* () {
  yield* lockHome(yield* openHome(home))
  yield* report({ type: "holding" })
  return yield* Effect.sleep("1 hour")
})

await Effect.runPromise(
  Effect.scoped(program).pipe(
    Effect.catchTag("EmbeddedServerError", ({ reason, message }) =>
      Effect.andThen(report({ type: "refused", reason: reason._tag, message }), Effect.sleep("1 hour"))
    )
  )
)
