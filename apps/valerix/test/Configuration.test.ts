import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { loadConfiguration } from "../src/Configuration.ts"

const configured = (environment: Readonly<Record<string, string>>) =>
  Effect.provideService(loadConfiguration, ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment))

const problemsIn = (environment: Readonly<Record<string, string>>) =>
  Effect.map(Effect.flip(configured(environment)), ({ problems }) => problems)

describe("the configuration", () => {
  it.effect("opens no short door, declines nothing and makes nothing slow, unless it is told to", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* configured({}), {
        shortPorts: { orders: undefined, inventory: undefined, payments: undefined },
        mockDeclineRate: 0,
        hasDemoProducts: false,
        hasGremlins: false
      })
    })
  )

  it.effect("takes from a profile what is not set by itself", () =>
    Effect.gen(function* () {
      const profile = yield* configured({ VALERIX_PROFILE: "s3" })
      assert.deepInclude(profile, {
        port: 8080,
        shortPorts: { orders: 5_001, inventory: 5_002, payments: 5_003 },
        mockDeclineRate: 0.1,
        hasDemoProducts: true,
        hasGremlins: true
      })
      const own = yield* configured({
        VALERIX_PROFILE: "s3",
        SHORT_INVENTORY_PORT: "6002",
        MOCK_DECLINE_RATE: "0",
        GREMLIN: "false"
      })
      assert.deepStrictEqual(own, {
        ...profile,
        shortPorts: { orders: 5_001, inventory: 6_002, payments: 5_003 },
        mockDeclineRate: 0,
        hasGremlins: false
      })
    })
  )

  it.effect("is a profile that can be written out", () =>
    Effect.gen(function* () {
      const written = {
        SHORT_ORDERS_PORT: "5001",
        SHORT_INVENTORY_PORT: "5002",
        SHORT_PAYMENTS_PORT: "5003",
        DEMO_PRODUCTS: "true",
        GREMLIN: "true",
        MOCK_DECLINE_RATE: "0.1"
      }
      assert.deepStrictEqual(yield* configured(written), yield* configured({ VALERIX_PROFILE: "s3" }))
    })
  )

  it.effect("names a profile that there is none of, beside everything else that is wrong", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsIn({ VALERIX_PROFILE: "constructor", GREMLIN: "perhaps" }), [
        "VALERIX_PROFILE must be s3",
        "GREMLIN must be true or false"
      ])
    })
  )

  it.effect("names two doors at one port, and lets the system choose as many as are wanted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsIn({ PORT: "5003", VALERIX_PROFILE: "s3", SHORT_INVENTORY_PORT: "5001" }), [
        "SHORT_INVENTORY_PORT is the same port as SHORT_ORDERS_PORT",
        "SHORT_PAYMENTS_PORT is the same port as PORT"
      ])
      const free = { PORT: "0", SHORT_ORDERS_PORT: "0", SHORT_INVENTORY_PORT: "0", SHORT_PAYMENTS_PORT: "0" }
      assert.deepInclude(yield* configured(free), { shortPorts: { orders: 0, inventory: 0, payments: 0 } })
    })
  )
})
