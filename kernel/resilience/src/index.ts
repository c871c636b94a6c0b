export { layerDelayed } from "./DelayedRoutes.ts"
export { Gremlin, type Latency } from "./Gremlin.ts"
export { gremlinApi, layerGremlinApi } from "./GremlinApi.ts"
