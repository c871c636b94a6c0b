import type { OrganizationId } from "@valerix/money-and-ids"
import type { Check, Finding } from "@valerix/tenancy"
import { Effect } from "effect"

/** Runs checks to their end, chunk by chunk, and gives what they found. */
export const allFindings = Effect.fnUntraced(function* <Code extends string>(
  checks: ReadonlyArray<Check<Code>>,
  organizations: ReadonlyArray<OrganizationId>
) {
  const found: Array<Finding<Code>> = []
  for (const organizationId of organizations) {
    for (const { chunk } of checks) {
      let after: string | undefined
      do {
        const { findings, next } = yield* chunk(organizationId, after)
        found.push(...findings)
        after = next
      } while (after !== undefined)
    }
  }
  return found
})
