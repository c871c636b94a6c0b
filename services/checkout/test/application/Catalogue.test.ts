import { assert } from "@effect/vitest"
import { MinorUnits, makeProductId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Fiber, Layer } from "effect"
import { Catalogue, type CatalogueOptions } from "../../src/application/Catalogue.ts"
import { CatalogueCopy } from "../../src/application/ports/CatalogueCopy.ts"
import { promises } from "../support/Bench.ts"
import { Participants } from "../support/Participants.ts"
import { byId, bySku, EUR, MUG, makeOrganization, PEN } from "../support/Samples.ts"
import { Gate } from "../support/Script.ts"
import { DatabaseSteadiness } from "../support/UnsteadyDatabase.ts"
import { until } from "../support/Until.ts"

/** Looks for changes all the time. */
const WATCHFUL: CatalogueOptions = {
  refreshIntervalMs: 2,
  downstreamLimitMs: 60_000,
  productsMax: 1_000,
  organizationsPerPage: 2
}
/** Looks for changes once, at its start, and then not again. */
const IDLE: CatalogueOptions = { ...WATCHFUL, refreshIntervalMs: 600_000 }

/** A process with a catalogue of its own, for as long as the test. */
const processWith = (options: CatalogueOptions) =>
  Effect.map(Layer.build(Layer.fresh(Catalogue.layer(options))), (context) => {
    const price = (
      organizationId: OrganizationId,
      ...names: ReadonlyArray<{
        readonly product: ReturnType<typeof byId>["product"] | ReturnType<typeof bySku>["product"]
      }>
    ) =>
      Effect.gen(function* () {
        const { lookUp } = yield* Catalogue
        const products = names.map(({ product }) => product)
        const find = yield* lookUp(organizationId, products)
        return products.map((name): number | undefined => find(name)?.priceMinor)
      }).pipe(Effect.provide(context))
    return { price }
  })

const pen = (organizationId: OrganizationId, sku: string) => ({
  organizationId,
  productId: makeProductId(),
  sku,
  priceMinor: PEN.unitPriceMinor,
  currency: EUR,
  version: 1
})

promises("the catalogue of checkout", (promise) => {
  promise("asks inventory for a product that it meets for the first time, and never again", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith(IDLE)
      assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1"), byId(PEN.productId)), [1999, 500])
      assert.deepStrictEqual(yield* price(organizationId, byId(MUG.productId), bySku("PEN-1")), [1999, 500])
      assert.deepStrictEqual(catalogue.asked, [{ organizationId, names: [PEN.productId, "MUG-1"] }])
    })
  )

  promise("keeps a product that several processes meet at the same moment", () =>
    Effect.gen(function* () {
      const copy = yield* CatalogueCopy
      const organizationId = makeOrganization()
      const products = Array.from({ length: 100 }, (_, index) => pen(organizationId, `PEN-${index}`))
      for (const product of products) {
        const keepers = Array.from({ length: 8 }, () => copy.keep([product]))
        yield* Effect.all(keepers, { concurrency: "unbounded", discard: true })
      }
      const skus = products.map(({ sku }) => sku)
      assert.lengthOf(yield* copy.find(organizationId, { productIds: [], skus }), products.length)
    })
  )

  promise("asks inventory for a SKU that went from one product to another, and prices the other", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const copy = yield* CatalogueCopy
      yield* copy.keep([pen(organizationId, MUG.sku)])
      const first = yield* processWith(IDLE)
      assert.deepStrictEqual(yield* first.price(organizationId, byId(MUG.productId)), [1999])
      const second = yield* processWith(IDLE)
      assert.deepStrictEqual(yield* second.price(organizationId, bySku(MUG.sku)), [1999])
      assert.deepStrictEqual(catalogue.asked.at(-1), { organizationId, names: [MUG.sku] })
    })
  )

  promise("asks for what it does not know only", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith(IDLE)
      yield* price(organizationId, bySku("MUG-1"))
      yield* price(organizationId, bySku("MUG-1"), bySku("PEN-1"), bySku("PEN-1"))
      assert.deepStrictEqual(
        catalogue.asked.map(({ names }) => names),
        [["MUG-1"], ["PEN-1"]]
      )
    })
  )

  promise("prices what it knows while inventory is away", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith(WATCHFUL)
      yield* price(organizationId, bySku("MUG-1"), bySku("PEN-1"))
      catalogue.onFind = "dies"
      catalogue.onChanges = "dies"
      assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1"), byId(PEN.productId)), [1999, 500])
      const restarted = yield* processWith(WATCHFUL)
      assert.deepStrictEqual(yield* restarted.price(organizationId, bySku("MUG-1"), byId(PEN.productId)), [1999, 500])
    })
  )

  promise("says that it cannot tell when it does not know a product and inventory is away or silent", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith({ ...IDLE, downstreamLimitMs: 30 })
      for (const mood of ["dies", "never"] as const) {
        catalogue.onFind = mood
        const error = yield* Effect.flip(price(organizationId, bySku("MUG-1")))
        assert.strictEqual(error._tag, "CatalogueUnavailable")
      }
      catalogue.onFind = "answers"
      assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1")), [1999])
    })
  )

  promise("finds nothing where there is no such product", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith(IDLE)
      assert.deepStrictEqual(yield* price(organizationId, bySku("NONE"), byId(makeProductId()), bySku("MUG-1")), [
        undefined,
        undefined,
        1999
      ])
      assert.deepStrictEqual(yield* price(organizationId), [])
    })
  )

  promise("follows the changes of inventory, and tells the next process of them", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith(WATCHFUL)
      assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1")), [1999])
      catalogue.changePrice(organizationId, "MUG-1", MinorUnits.make(2499))
      const dearer = price(organizationId, bySku("MUG-1"), byId(MUG.productId))
      yield* until("the price arrives", dearer, ([bySku, byId]) => bySku === 2499 && byId === 2499)
      catalogue.onFind = "dies"
      catalogue.onChanges = "dies"
      const next = yield* processWith(WATCHFUL)
      assert.deepStrictEqual(yield* next.price(organizationId, bySku("MUG-1")), [2499])
    })
  )

  promise("follows changes of more than one page", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const organizationId = makeOrganization()
      for (let number = 0; number < 1_100; number += 1) {
        catalogue.offer(organizationId, {
          productId: makeProductId(),
          sku: `SKU-${number}`,
          priceMinor: MinorUnits.make(number + 1)
        })
      }
      const { price } = yield* processWith({ ...WATCHFUL, productsMax: 10_000 })
      yield* price(organizationId, bySku("SKU-0"))
      catalogue.onFind = "dies"
      yield* until(
        "the last page arrives",
        Effect.exit(price(organizationId, bySku("SKU-1099"))),
        (exit) => exit._tag === "Success"
      )
      assert.deepStrictEqual(yield* price(organizationId, bySku("SKU-1099")), [1_100])
    })
  )

  promise("keeps the newer version of a product when an older one arrives late", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith(WATCHFUL)
      const changes = new Gate()
      catalogue.onChanges = changes
      yield* price(organizationId, bySku("PEN-1"))
      const answer = new Gate()
      catalogue.onFind = answer
      const late = yield* Effect.forkScoped(price(organizationId, bySku("MUG-1")))
      yield* answer.reached
      catalogue.onFind = "dies"
      catalogue.changePrice(organizationId, "MUG-1", MinorUnits.make(2499))
      yield* changes.open
      yield* until(
        "the newer one arrives",
        Effect.exit(price(organizationId, bySku("MUG-1"))),
        (exit) => exit._tag === "Success" && exit.value[0] === 2499
      )
      yield* answer.open
      assert.deepStrictEqual(yield* Fiber.join(late), [2499])
      assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1"), byId(MUG.productId)), [2499, 2499])
      const next = yield* processWith(IDLE)
      assert.deepStrictEqual(yield* next.price(organizationId, bySku("MUG-1"), byId(MUG.productId)), [2499, 2499])
    })
  )

  promise("keeps the newest of several versions that come at once", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const copy = yield* CatalogueCopy
      const organizationId = makeOrganization()
      const product = { productId: MUG.productId, sku: "MUG-1" }
      const [first, second, third] = [100, 200, 300].map((priceMinor) =>
        catalogue.offer(organizationId, { ...product, priceMinor: MinorUnits.make(priceMinor) })
      )
      assert(first && second && third)
      const wanted = { productIds: [MUG.productId], skus: ["MUG-1"] }
      yield* copy.keep([second, first, second])
      assert.deepStrictEqual(yield* copy.find(organizationId, wanted), [second])
      yield* copy.keep([first])
      assert.deepStrictEqual(yield* copy.find(organizationId, wanted), [second])
      yield* copy.keep([third])
      assert.deepStrictEqual(yield* copy.find(organizationId, wanted), [third])
      assert.deepStrictEqual(yield* copy.find(makeOrganization(), wanted), [])
      assert.deepStrictEqual(yield* copy.organizations(undefined, 10), [organizationId])
    })
  )

  promise("loses no change when it cannot write it down", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const steadiness = yield* DatabaseSteadiness
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith(WATCHFUL)
      yield* price(organizationId, bySku("MUG-1"))
      const gate = new Gate()
      catalogue.onChanges = gate
      yield* gate.reached
      catalogue.onChanges = "answers"
      catalogue.changePrice(organizationId, "MUG-1", MinorUnits.make(2499))
      steadiness.mode = "away"
      yield* gate.open
      const followed = catalogue.followed
      yield* until(
        "the change was answered",
        Effect.sync(() => catalogue.followed),
        (now) => now > followed
      )
      steadiness.mode = "steady"
      yield* until("the price arrives", price(organizationId, bySku("MUG-1")), ([now]) => now === 2499)
    })
  )

  promise("misses no change of an organization that it meets while it is asking for changes", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const [first, second] = [makeOrganization(), makeOrganization()]
      catalogue.offerSamples(first)
      catalogue.offerSamples(second)
      const { price } = yield* processWith(WATCHFUL)
      yield* price(first, bySku("MUG-1"))
      const gate = new Gate()
      catalogue.onChanges = gate
      yield* gate.reached
      catalogue.onChanges = "answers"
      assert.deepStrictEqual(yield* price(second, bySku("MUG-1")), [1999])
      catalogue.changePrice(second, "MUG-1", MinorUnits.make(2499))
      yield* gate.open
      yield* until("the price arrives", price(second, bySku("MUG-1")), ([now]) => now === 2499)
    })
  )

  promise("follows the changes of all organizations of its copy, however many fit a page, also at the next start", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const copy = yield* CatalogueCopy
      const organizations = Array.from({ length: 7 }, makeOrganization)
      const { price } = yield* processWith({ ...WATCHFUL, organizationsPerPage: 3 })
      for (const organizationId of organizations) {
        catalogue.offerSamples(organizationId)
        yield* price(organizationId, bySku("MUG-1"))
      }
      const pages = [yield* copy.organizations(undefined, 4), yield* copy.organizations(organizations.toSorted()[3], 4)]
      assert.deepStrictEqual(pages, [organizations.toSorted().slice(0, 4), organizations.toSorted().slice(4)])
      for (const process of [price, (yield* processWith({ ...WATCHFUL, organizationsPerPage: 2 })).price]) {
        for (const [index, organizationId] of organizations.entries()) {
          const dearer = MinorUnits.make((process === price ? 3_000 : 4_000) + index)
          catalogue.changePrice(organizationId, "MUG-1", dearer)
          yield* until("the price arrives", process(organizationId, bySku("MUG-1")), ([now]) => now === dearer)
        }
      }
    })
  )

  promise("holds no more in memory than it has room for, whatever changes; the rest it reads from its copy", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const steadiness = yield* DatabaseSteadiness
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith({ ...WATCHFUL, productsMax: 2 })
      yield* price(organizationId, bySku("MUG-1"), bySku("PEN-1"))
      for (let number = 0; number < 100; number += 1) {
        const sku = `SKU-${number}`
        catalogue.offer(organizationId, { productId: makeProductId(), sku, priceMinor: MinorUnits.make(number + 1) })
      }
      // Asking about a product that comes last does not push out what is sold, nor does what nobody asked for.
      const copy = yield* CatalogueCopy
      const last = copy.find(organizationId, { productIds: [], skus: ["SKU-99"] })
      yield* until("all have arrived in the copy", last, (found) => found.length === 1)
      catalogue.onChanges = "dies"
      catalogue.onFind = "dies"
      steadiness.mode = "away"
      assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1"), bySku("PEN-1")), [1999, 500])
      steadiness.mode = "steady"
      assert.deepStrictEqual(yield* price(organizationId, bySku("SKU-42")), [43])
    })
  )

  promise("misses no change of organizations that it meets while its copy is still empty", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const [first, second] = [makeOrganization(), makeOrganization()]
      catalogue.offerSamples(first)
      catalogue.offerSamples(second)
      const found = new Gate()
      catalogue.onFind = found
      const changes = new Gate()
      catalogue.onChanges = changes
      const { price } = yield* processWith(WATCHFUL)
      const meeting = yield* Effect.forkScoped(price(first, bySku("MUG-1")))
      yield* found.reached
      catalogue.onFind = "answers"
      assert.deepStrictEqual(yield* price(second, bySku("MUG-1")), [1999])
      catalogue.changePrice(second, "MUG-1", MinorUnits.make(2499))
      yield* found.open
      catalogue.onChanges = "answers"
      yield* changes.open
      yield* Fiber.join(meeting)
      yield* until("the price arrives", price(second, bySku("MUG-1")), ([now]) => now === 2499)
    })
  )

  promise("keeps organizations apart that name different products by one SKU", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const [here, there] = [makeOrganization(), makeOrganization()]
      catalogue.offer(here, { productId: MUG.productId, sku: "MUG-1", priceMinor: MinorUnits.make(100) })
      catalogue.offer(there, { productId: PEN.productId, sku: "MUG-1", priceMinor: MinorUnits.make(200) })
      const { price } = yield* processWith(IDLE)
      assert.deepStrictEqual(yield* price(here, bySku("MUG-1"), byId(MUG.productId), byId(PEN.productId)), [
        100,
        100,
        undefined
      ])
      assert.deepStrictEqual(yield* price(there, bySku("MUG-1"), byId(MUG.productId)), [200, undefined])
    })
  )

  promise("reads from its copy what it had no room for in memory", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith({ ...IDLE, productsMax: 1 })
      for (const _ of [1, 2, 3]) {
        assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1")), [1999])
        assert.deepStrictEqual(yield* price(organizationId, bySku("PEN-1")), [500])
      }
      assert.strictEqual(catalogue.asked.length, 2)
    })
  )

  promise("prices an order of more products than it has room for", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      const organizationId = makeOrganization()
      catalogue.offerSamples(organizationId)
      const { price } = yield* processWith({ ...IDLE, productsMax: 1 })
      assert.deepStrictEqual(yield* price(organizationId, bySku("MUG-1"), bySku("PEN-1")), [1999, 500])
    })
  )
})
