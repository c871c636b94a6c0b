import { Schema } from "effect"

/** Active ISO 4217 codes and the number of decimals of each one's minor unit (list one, funds and metals left out). */
const DECIMALS_BY_CODES: ReadonlyArray<readonly [decimals: number, codes: string]> = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
     CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
     JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
     NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
     SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`
  ],
  [3, "BHD IQD JOD KWD LYD OMR TND"]
]

const decimalsByCode: ReadonlyMap<string, number> = new Map(
  DECIMALS_BY_CODES.flatMap(([decimals, codes]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code) => [code, decimals] as const)
  )
)

/** An active ISO 4217 currency code, in capitals. */
export const Currency = Schema.String.check(
  Schema.makeFilter(
    (code: string) => decimalsByCode.has(code) || "must be an active ISO 4217 currency code such as EUR",
    { identifier: "Currency", toJsonSchema: () => ({ enum: [...decimalsByCode.keys()].sort() }) }
  )
).pipe(Schema.brand("Currency"))
export type Currency = typeof Currency.Type

/** How many decimals the currency's minor unit has: 2 for EUR, 0 for JPY, 3 for KWD. */
export const decimalsOf = (currency: Currency): number => decimalsByCode.get(currency) ?? 2
