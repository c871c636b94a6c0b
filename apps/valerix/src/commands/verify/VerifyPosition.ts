import type { Position } from "@valerix/checkout"
import { OrganizationId } from "@valerix/money-and-ids"
import { Schema } from "effect"

const isOrganizationId = Schema.is(OrganizationId)

/** A position as it is shown, and given with --after: `<organization>/<check>` or `<organization>/<check>/<key>`. */
export const positionText = ({ after, check, organizationId }: Position): string =>
  [organizationId, check, ...(after === undefined ? [] : [after])].join("/")

/** The position that a text names; none where it is none. A key may hold slashes. */
export const positionOf = (text: string): Position | undefined => {
  const [organizationId = "", check = "", ...key] = text.split("/")
  if (!isOrganizationId(organizationId)) return undefined
  return { organizationId, check, after: key.length === 0 ? undefined : key.join("/") }
}
