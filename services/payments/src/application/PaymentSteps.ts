import { Layer } from "effect"
import { AuthorizePayments } from "./AuthorizePayments.ts"
import { CapturePayments } from "./CapturePayments.ts"
import { Conversation } from "./Conversation.ts"
import { SettlePayments } from "./SettlePayments.ts"

/** What the saga's commands and the steps over HTTP are both made of. */
export const layerPaymentSteps = Layer.mergeAll(
  AuthorizePayments.layer,
  CapturePayments.layer,
  SettlePayments.layer
).pipe(Layer.provide(Conversation.layer))
