import type { DatabaseConnection } from "@valerix/database/embedded"
import { Redacted } from "effect"
import { beforeEach, inject } from "vitest"

/** What the run's global setup hands to the files: plain values, because they travel between processes. */
export type ProvidedTestServer =
  | {
      readonly available: true
      /** Part of the name of every database of this run. */
      readonly runId: string
      readonly admin: Omit<DatabaseConnection, "password"> & { readonly password: string }
    }
  | { readonly available: false; readonly reason: string }

declare module "vitest" {
  interface ProvidedContext {
    readonly testServer: ProvidedTestServer
  }
}

/** The server of this run. */
export interface TestServer {
  readonly runId: string
  readonly admin: DatabaseConnection
}

/**
 * The PostgreSQL server of this run, or none. Without one the tests of the calling file are skipped, each with the
 * reason; so call it while the file is being collected, not within a test.
 */
export const testServer = (): TestServer | undefined => {
  const provided = inject("testServer")
  if (provided === undefined) {
    throw new Error("No test server: vitest has to run with kernel/testing/src/GlobalSetup.ts as a globalSetup.")
  }
  if (provided.available) {
    return { runId: provided.runId, admin: { ...provided.admin, password: Redacted.make(provided.admin.password) } }
  }
  beforeEach(({ skip }) => skip(provided.reason))
  return undefined
}
