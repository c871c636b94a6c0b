export { CorrelationId, CurrentCorrelationId } from "./CorrelationId.ts"
