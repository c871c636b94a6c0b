export { CorrelationId, CurrentCorrelationId } from "./CorrelationId.ts"
export { escapeHarmful } from "./Harmful.ts"
export { type LogOutput, layerLogging, logLevelConfig } from "./Logging.ts"
