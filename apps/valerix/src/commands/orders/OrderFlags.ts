import { CustomerId, OrderId } from "@valerix/money-and-ids"
import { Argument, Flag } from "effect/cli"

export const orderArgument = Argument.String("order").pipe(
  Argument.withSchema(OrderId),
  Argument.withDescription("The id of the order")
)

export const customerFlag = (description: string) =>
  Flag.String("customer").pipe(Flag.withSchema(CustomerId), Flag.withDescription(description), Flag.optional)
