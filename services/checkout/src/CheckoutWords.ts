/** The words that whoever asks checkout may use, for those who only check what was said. */
export { FINDING_CODES } from "./application/RepairAdvice.ts"
export { OrderStatusName } from "./contract/OrderSchemas.ts"
export { EXECUTION_STEPS, UNFINISHED_STATUSES } from "./domain/Execution.ts"
