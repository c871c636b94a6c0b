export { cancelled, done, notSent, type Outcome, rejected, unavailable } from "./Outcome.ts"
export { type Fenced, SagaFence } from "./SagaFence.ts"
