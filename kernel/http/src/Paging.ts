export { Cursor } from "./Cursor.ts"
export { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Paged } from "./Page.ts"
