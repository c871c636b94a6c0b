export { batch, bigints, booleans, ints, jsons, texts, timestamps, uuids } from "./Batch.ts"
export {
  DatabaseRejectedData,
  DatabaseUnavailable,
  databaseRejectedDataIn,
  databaseUnavailableIn,
  dieOnSqlError
} from "./DatabaseFailure.ts"
export { layerPgClient } from "./PgClientLayer.ts"
export { TenantDatabase } from "./TenantDatabase.ts"
