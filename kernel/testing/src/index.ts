export { isolationGaps } from "./isolationGaps.ts"
export { OwnerDatabase } from "./OwnerDatabase.ts"
export { emptyTestDatabase, testDatabase } from "./testDatabase.ts"
