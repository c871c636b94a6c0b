export { allFindings } from "./allFindings.ts"
export { OwnerDatabase } from "./OwnerDatabase.ts"
export { emptyTestDatabase, testDatabase } from "./testDatabase.ts"
