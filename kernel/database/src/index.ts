export { checkIsolation, type IsolationGap, isolationGaps } from "./audit/IsolationGaps.ts"
export { type LoginRights, loginRights } from "./audit/LoginRights.ts"
export { organizationsPresent } from "./audit/OrganizationsPresent.ts"
export { type Remark, type TableCheck, tableCheck } from "./audit/TableCheck.ts"
export { batch, bigints, booleans, ints, jsons, texts, timestamps, uuids } from "./Batch.ts"
export {
  DatabaseRejectedData,
  DatabaseUnavailable,
  databaseRejectedDataIn,
  databaseUnavailableIn,
  dieOnSqlError
} from "./DatabaseFailure.ts"
export { layerPgClient } from "./PgClientLayer.ts"
export { firstRowOf, rowsOf } from "./Rows.ts"
export { TenantDatabase } from "./TenantDatabase.ts"
export { layerTenantTransactionsPostgres } from "./TenantTransactionsPostgres.ts"
