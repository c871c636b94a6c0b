import { Effect } from "effect"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import { ask } from "./Asking.ts"
import type { Report } from "./ChildProcess.ts"

/** Starts a server in the given home, commits a row with the given number, reports, and runs until it is killed. */
const [, , home = "", id = "0"] = process.argv
const report = (report: Report) => Effect.sync(() => process.stdout.write(`${JSON.stringify(report)}\n`))

const program = Effect.gen(function* () {
  const server = yield* EmbeddedServer.start({ home, services: ["orders"] })
  const owner = server.connection("orders", "owner")
  yield* ask(owner, `CREATE TABLE IF NOT EXISTS note (id int); INSERT INTO note VALUES (${Number(id)})`)
  yield* report({ type: "running", serverProcessId: yield* server.processId })
  return yield* Effect.never
})

await Effect.runPromise(
  Effect.scoped(program).pipe(
    Effect.catchTag("EmbeddedServerError", ({ reason, message }) =>
      report({ type: "refused", reason: reason._tag, message })
    )
  )
)
