import { Layer } from "effect"
import { PaymentRepositoryPostgres } from "./adapters/postgres/PaymentRepositoryPostgres.ts"
import { AuthorizePayments } from "./application/AuthorizePayments.ts"
import { CapturePayments } from "./application/CapturePayments.ts"
import { Conversation } from "./application/Conversation.ts"
import { PaymentsCommandsLive } from "./application/PaymentsCommandsLive.ts"
import { SettlePayments } from "./application/SettlePayments.ts"

const UseCases = Layer.mergeAll(AuthorizePayments.layer, CapturePayments.layer, SettlePayments.layer).pipe(
  Layer.provide(Conversation.layer),
  Layer.provide(PaymentRepositoryPostgres)
)

export const Payments = PaymentsCommandsLive.pipe(Layer.provideMerge(UseCases))
