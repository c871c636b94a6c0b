import { assert, describe, it } from "@effect/vitest"
import type { Position } from "@valerix/checkout"
import { OrganizationId } from "@valerix/money-and-ids"
import { positionOf, positionText } from "../../../src/commands/verify/VerifyPosition.ts"

const organizationId = OrganizationId.make("01900000-0000-7000-8000-00000000000a")

describe("the position of a verification", () => {
  it.each<Position>([
    { organizationId, check: "across", after: undefined },
    { organizationId, check: "orders.lines", after: "01900000-0000-7000-8000-00000000000b" },
    { organizationId, check: "payments.provider", after: "by hand/2" }
  ])("is read as it was shown: %o", (position) => {
    assert.deepStrictEqual(positionOf(positionText(position)), position)
  })

  it.each(["", "across", "nobody/across", "/across"])("is none in %o", (text) => {
    assert.isUndefined(positionOf(text))
  })
})
