export { DEMO_ORGANIZATION_ID, LOCAL_PRINCIPAL } from "./DemoOrganization.ts"
export { CurrentTenant, type Tenant } from "./Tenant.ts"
