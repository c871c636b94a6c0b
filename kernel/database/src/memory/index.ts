export { MemoryDatabase, MemoryTable } from "./MemoryDatabase.ts"
