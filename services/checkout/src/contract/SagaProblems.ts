import { Problem } from "@valerix/http/contract"
import { OrderId } from "@valerix/money-and-ids"
import { Schema } from "effect"

const asItIs = { order_id: OrderId, ledger_status: Schema.String, state: Schema.String, version: Schema.String }

export class SagaMoved extends Problem<SagaMoved>()("SagaMoved", {
  code: "saga_moved",
  status: 409,
  title: "The order has moved since it was seen; nothing was changed.",
  members: asItIs
}) {}

export class SagaActionRefused extends Problem<SagaActionRefused>()("SagaActionRefused", {
  code: "saga_action_refused",
  status: 409,
  title: "The action does not apply to the order as it is; nothing was changed.",
  members: asItIs
}) {}
