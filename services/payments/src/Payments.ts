import { Layer } from "effect"
import { layerPaymentRepositoryPostgres } from "./adapters/postgres/PaymentRepositoryPostgres.ts"
import { AuthorizePayments } from "./application/AuthorizePayments.ts"
import { CapturePayments } from "./application/CapturePayments.ts"
import { Conversation } from "./application/Conversation.ts"
import { layerPaymentsCommands } from "./application/ExecutePayments.ts"
import { SettlePayments } from "./application/SettlePayments.ts"

const UseCases = Layer.mergeAll(AuthorizePayments.layer, CapturePayments.layer, SettlePayments.layer).pipe(
  Layer.provide(Conversation.layer),
  Layer.provide(layerPaymentRepositoryPostgres)
)

export const Payments = layerPaymentsCommands.pipe(Layer.provideMerge(UseCases))
