export { MemoryDatabase, MemoryTable } from "./MemoryDatabase.ts"
export { type TransactionPath, tenantTransactionsMemory } from "./TenantTransactionsMemory.ts"
