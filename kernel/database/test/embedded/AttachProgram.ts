import { Effect } from "effect"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import type { Report } from "./ChildProcess.ts"

/** Attaches to the server of the given home, and reports that it could, or why not. */
const home = process.argv[2] ?? ""
const report = (report: Report) => Effect.sync(() => process.stdout.write(`${JSON.stringify(report)}\n`))

await Effect.runPromise(
  EmbeddedServer.attach({ home, services: ["orders"] }).pipe(
    Effect.andThen(report({ type: "attached" })),
    Effect.catchTag("EmbeddedServerError", ({ reason, message }) =>
      report({ type: "refused", reason: reason._tag, message })
    )
  )
)
