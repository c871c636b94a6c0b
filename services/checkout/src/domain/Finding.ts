import type { OrganizationId } from "@valerix/money-and-ids"

/** One broken promise: which of docs/guarantees, of whose order or product, and why. */
export interface Finding {
  readonly promise: number
  readonly code: string
  readonly organizationId: OrganizationId
  readonly subject: string
  readonly message: string
}
