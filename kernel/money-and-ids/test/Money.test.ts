import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Option, Schema } from "effect"
import fc from "fast-check"
import { AMOUNT_MAX_MINOR, Currency, decimalsOf, formatAmount, MinorUnits, Money, parseAmount } from "../src/index.ts"

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
const isCurrency = Schema.is(Currency)
/** Every currency that is accepted, found by asking about every code of three letters. */
const currencies = LETTERS.flatMap((first) =>
  LETTERS.flatMap((second) => LETTERS.map((third) => `${first}${second}${third}`))
).filter(isCurrency)

const anyCurrency = fc.constantFrom(...currencies)
const anyMinor = fc.integer({ min: -AMOUNT_MAX_MINOR, max: AMOUNT_MAX_MINOR })
const euro = Currency.make("EUR")

const parsed = (text: string, currency: string) => Option.getOrUndefined(parseAmount(text, Currency.make(currency)))

describe("an amount", () => {
  it("is read back as it was written, whatever it is, in every currency", () => {
    assert.isAtLeast(currencies.length, 150)
    for (const currency of currencies) {
      for (const amountMinor of [0, 1, -1, 9, 10, 99, 100, 101, 999, 1_000, AMOUNT_MAX_MINOR, -AMOUNT_MAX_MINOR]) {
        assert.strictEqual(parsed(formatAmount(amountMinor, currency), currency), amountMinor)
      }
    }
    fc.assert(
      fc.property(anyMinor, anyCurrency, (amountMinor, currency) => {
        assert.strictEqual(parsed(formatAmount(amountMinor, currency), currency), amountMinor)
      }),
      { numRuns: 5_000 }
    )
  })

  it("is written with exactly the decimals of its currency", () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (amountMinor, currency) => {
        const [whole = "", fraction = ""] = formatAmount(amountMinor, currency).replace("-", "").split(".")
        assert.strictEqual(fraction.length, decimalsOf(currency))
        assert.match(whole, /^(0|[1-9]\d*)$/)
      })
    )
  })

  it.each([
    ["19.99", "EUR", 1_999],
    ["19.9", "EUR", 1_990],
    ["19", "EUR", 1_900],
    ["0.01", "EUR", 1],
    ["-3.50", "EUR", -350],
    ["0", "EUR", 0],
    ["5", "JPY", 5],
    ["1.234", "KWD", 1_234],
    ["99999999999.99", "EUR", AMOUNT_MAX_MINOR],
    ["9999999999999", "JPY", AMOUNT_MAX_MINOR],
    ["9999999999.999", "KWD", AMOUNT_MAX_MINOR]
  ] as const)("%s %s is %i of its minor unit", (text, currency, amountMinor) => {
    assert.strictEqual(Number(parsed(text, currency)), amountMinor)
  })

  it("of nothing has no sign", () => {
    for (const text of ["-0", "-0.00"]) assert.isTrue(Object.is(parsed(text, "EUR"), 0))
    assert.strictEqual(formatAmount(-0, euro), "0.00")
  })

  it.each([
    ["1e3", "EUR"],
    ["1.999", "EUR"],
    ["1.990", "EUR"],
    ["1.0", "JPY"],
    ["+1", "EUR"],
    ["01", "EUR"],
    ["00", "EUR"],
    ["-01.00", "EUR"],
    ["1,00", "EUR"],
    ["1.000,00", "EUR"],
    ["1 000", "EUR"],
    ["1_000", "EUR"],
    [" 1", "EUR"],
    ["1 ", "EUR"],
    ["1\n", "EUR"],
    ["", "EUR"],
    [".5", "EUR"],
    ["5.", "EUR"],
    ["-", "EUR"],
    ["--1", "EUR"],
    ["0x10", "EUR"],
    ["NaN", "EUR"],
    ["Infinity", "EUR"],
    ["١", "EUR"],
    ["１", "EUR"],
    ["100000000000.00", "EUR"],
    ["-100000000000.00", "EUR"],
    ["10000000000000", "JPY"],
    ["9".repeat(400), "EUR"]
  ])("is refused when it is written as %j (%s)", (text, currency) => {
    assert.strictEqual(parsed(text, currency), undefined)
  })

  it("is refused in minor units when it is no whole number or too large", () => {
    const isMinorUnits = Schema.is(MinorUnits)
    assert.isTrue([0, -1, AMOUNT_MAX_MINOR, -AMOUNT_MAX_MINOR].every((amount) => isMinorUnits(amount)))
    const refused = [0.5, Number.NaN, Number.POSITIVE_INFINITY, AMOUNT_MAX_MINOR + 1, -AMOUNT_MAX_MINOR - 1, "1"]
    assert.isFalse(refused.some((amount) => isMinorUnits(amount)))
  })
})

describe("money in JSON", () => {
  it.effect("is read into minor units and written back as it came", () =>
    Effect.gen(function* () {
      const wire = { amount: "-19.99", currency: "EUR" }
      const money = yield* Schema.decodeUnknownEffect(Money)(wire)
      assert.deepStrictEqual(money, { amountMinor: MinorUnits.make(-1_999), currency: euro })
      assert.deepStrictEqual(yield* Schema.encodeEffect(Money)(money), wire)
    })
  )

  it.effect.each([
    [{ amount: "1.999", currency: "EUR" }, "amount"],
    [{ amount: "1.5", currency: "JPY" }, "amount"],
    [{ amount: 19.99, currency: "EUR" }, "amount"],
    [{ amount: "1.00", currency: "EURO" }, "currency"],
    [{ amount: "1.00", currency: "eur" }, "currency"],
    [{ amount: "1.00", currency: "XXX" }, "currency"],
    [{ amount: "1.00", currency: "XAU" }, "currency"],
    [{ amount: "1.00", currency: "DEM" }, "currency"],
    [{ amount: "1.00" }, "currency"],
    [{ currency: "EUR" }, "amount"]
  ] as const)("is refused, and the field is named, when it is %j", ([wire, field]) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Schema.decodeUnknownEffect(Money)(wire))
      assert.isTrue(Exit.isFailure(exit))
      assert.include(String(exit), `["${field}"]`)
    })
  )
})

describe("a currency", () => {
  it.each([
    ["EUR", 2],
    ["USD", 2],
    ["CHF", 2],
    ["JPY", 0],
    ["KRW", 0],
    ["CLP", 0],
    ["ISK", 0],
    ["KWD", 3],
    ["TND", 3],
    ["BHD", 3]
  ] as const)("%s has %i decimals", (code, decimals) => {
    assert.strictEqual(decimalsOf(Currency.make(code)), decimals)
  })
})
