import { formatAmount, type Money } from "@valerix/money-and-ids"

export const moneyText = ({ amountMinor, currency }: Money): string =>
  `${formatAmount(amountMinor, currency)} ${currency}`
