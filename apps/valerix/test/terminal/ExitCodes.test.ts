import { assert, describe, it } from "@effect/vitest"
import { EmbeddedServerError, HomeInUse, ServerLost } from "@valerix/database/embedded"
import { EXIT, exitCodeOf, UsageError } from "../../src/terminal/ExitCodes.ts"

describe("the code that a command ends with", () => {
  it("tells apart what may succeed later, wrong usage, and what failed", () => {
    const lost = new ServerLost({ failures: 3, windowSeconds: 60, log: "log", logTail: "" })
    assert.strictEqual(exitCodeOf(new EmbeddedServerError({ reason: lost })), EXIT.UNREACHABLE)
    const inUse = new HomeInUse({ home: "/srv/shop", processId: 1 })
    assert.strictEqual(exitCodeOf(new EmbeddedServerError({ reason: inUse })), EXIT.FAILED)
    assert.strictEqual(exitCodeOf(new UsageError({ message: "no" })), EXIT.USAGE)
    assert.strictEqual(exitCodeOf(new Error("no")), EXIT.FAILED)
  })
})
