import { OrganizationId } from "@valerix/money-and-ids"

/** The organization of requests that name none, as long as the server listens on loopback only. */
export const DEMO_ORGANIZATION_ID = OrganizationId.make("01900000-0000-7000-8000-000000000001")

/** The principal of every request, as long as there are no accounts. */
export const LOCAL_PRINCIPAL = "local"
