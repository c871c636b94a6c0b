export { CorrelationId, CurrentCorrelationId } from "./CorrelationId.ts"
export { type LogOutput, layerLogging, logLevelConfig } from "./Logging.ts"
