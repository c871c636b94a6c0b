import { Option, Schema, SchemaTransformation } from "effect"
import { Currency, decimalsOf } from "./Currency.ts"

/** The largest amount that one Money holds: 13 digits of minor units, far inside the safe integers of JavaScript. */
export const AMOUNT_MAX_MINOR = 9_999_999_999_999

/** An amount in the minor unit of its currency (cents for EUR): a whole number, negative for a discount. */
export const MinorUnits = Schema.Int.check(
  Schema.isBetween({ minimum: -AMOUNT_MAX_MINOR, maximum: AMOUNT_MAX_MINOR })
).pipe(Schema.brand("MinorUnits"))
export type MinorUnits = typeof MinorUnits.Type

const DECIMAL = /^(-?)(0|[1-9]\d{0,12})(?:\.(\d{1,3}))?$/

/**
 * Reads a decimal string such as "19.99" into minor units. Gives none when it is no plain decimal number, has more
 * decimals than the currency, or is beyond AMOUNT_MAX_MINOR.
 */
export const parseAmount = (text: string, currency: Currency): Option.Option<MinorUnits> => {
  const match = DECIMAL.exec(text)
  if (match === null) return Option.none()
  const [, sign = "", whole = "0", fraction = ""] = match
  const decimals = decimalsOf(currency)
  if (fraction.length > decimals) return Option.none()
  const magnitude = Number(whole) * 10 ** decimals + Number(fraction.padEnd(decimals, "0") || "0")
  if (magnitude > AMOUNT_MAX_MINOR) return Option.none()
  return Option.some(MinorUnits.make(sign === "-" && magnitude !== 0 ? -magnitude : magnitude))
}

/** Writes minor units as the decimal string of the API: 1999 EUR is "19.99", 5 JPY is "5". */
export const formatAmount = (amountMinor: number, currency: Currency): string => {
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, "0")
  const sign = amountMinor < 0 ? "-" : ""
  return decimals === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

const Amount = Schema.String.check(
  // What is no amount is told together with how many decimals its currency has; this only describes it.
  Schema.makeFilter(() => undefined, { toJsonSchema: () => ({ pattern: DECIMAL.source }) })
).annotate({ description: "A decimal string, with no more decimals than its currency has.", examples: ["19.99"] })

const MoneyOnTheWire = Schema.Struct({ amount: Amount, currency: Currency }).check(
  Schema.makeFilter(
    ({ amount, currency }) =>
      Option.isSome(parseAmount(amount, currency))
        ? undefined
        : { path: ["amount"], issue: `must be a decimal string with at most ${decimalsOf(currency)} decimals` },
    { identifier: "Money" }
  )
)

/** Money as it travels in JSON, `{"amount":"19.99","currency":"EUR"}`, read into minor units. */
export const Money = MoneyOnTheWire.pipe(
  Schema.decodeTo(
    Schema.toType(Schema.Struct({ amountMinor: MinorUnits, currency: Currency })),
    SchemaTransformation.transform({
      decode: ({ amount, currency }) => ({ amountMinor: Option.getOrThrow(parseAmount(amount, currency)), currency }),
      encode: ({ amountMinor, currency }) => ({ amount: formatAmount(amountMinor, currency), currency })
    })
  )
)
export type Money = typeof Money.Type
