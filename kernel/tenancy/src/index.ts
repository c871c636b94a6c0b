export type { Check, CheckedChunk, Finding } from "./Audit.ts"
export { DEMO_ORGANIZATION_ID, LOCAL_PRINCIPAL } from "./DemoOrganization.ts"
export { CurrentTenant, type Tenant } from "./Tenant.ts"
export { TenantTransactions } from "./TenantTransactions.ts"
