import type { SagaStore } from "@valerix/saga"
import { Context } from "effect"

/** Where the sagas of orders are kept. */
export class OrderSagaStore extends Context.Service<OrderSagaStore, SagaStore>()("@valerix/checkout/OrderSagaStore") {}
