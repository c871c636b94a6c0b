import type { CatalogueProduct, ProductCatalogue } from "@valerix/inventory/contract"
import type { MinorUnits, OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { EUR, MUG, PEN } from "./Samples.ts"
import type { Gate } from "./Script.ts"

const PAGE_MAX = 500

/** What becomes of a question: its answer is found at once, and given when the gate is opened. */
type Mood = "answers" | "never" | "dies" | Gate

/**
 * The catalogue in memory. Its cursor is a position in the log of all organizations' changes, so a copy that goes on
 * from it misses what happened before to organizations that it did not name.
 */
export class ScriptedCatalogue {
  /** What was asked by name, question by question. */
  readonly asked: Array<{ readonly organizationId: OrganizationId; readonly names: ReadonlyArray<string> }> = []
  onFind: Mood = "answers"
  onChanges: Mood = "answers"
  /** How often changes were asked for, and answered; these are found after the gate was opened. */
  followed = 0
  private readonly changes: Array<CatalogueProduct> = []

  readonly queries: ProductCatalogue["Service"] = {
    find: (organizationId, { productIds, skus }) =>
      Effect.suspend(() => {
        this.asked.push({ organizationId, names: [...productIds, ...skus] })
        const names = new Set<string>([...productIds, ...skus])
        const found = this.newest(organizationId).filter(({ productId, sku }) => names.has(productId) || names.has(sku))
        return Effect.as(inMood(this.onFind), found)
      }),
    changesSince: (organizations, cursor) =>
      Effect.map(
        Effect.suspend(() => inMood(this.onChanges)),
        () => {
          const from = Number(cursor ?? 0)
          const page = this.changes.slice(from, from + PAGE_MAX)
          const named = new Set(organizations)
          this.followed += 1
          return {
            products: page.filter((change) => named.has(change.organizationId) && this.isNewest(change)),
            cursor: String(from + page.length),
            isLast: page.length < PAGE_MAX
          }
        }
      )
  }

  /** Offers a product, or changes it: its version rises. */
  offer(
    organizationId: OrganizationId,
    product: Pick<CatalogueProduct, "productId" | "sku" | "priceMinor">
  ): CatalogueProduct {
    const held = this.newest(organizationId).find(({ productId }) => productId === product.productId)
    const offered = { currency: EUR, ...product, organizationId, version: (held?.version ?? 0) + 1 }
    this.changes.push(offered)
    return offered
  }

  /** The mug and the pen, at their usual prices. */
  offerSamples(organizationId: OrganizationId): void {
    for (const { productId, sku, unitPriceMinor } of [MUG, PEN]) {
      this.offer(organizationId, { productId, sku, priceMinor: unitPriceMinor })
    }
  }

  changePrice(organizationId: OrganizationId, sku: string, priceMinor: MinorUnits): void {
    const held = this.newest(organizationId).find((product) => product.sku === sku)
    if (held !== undefined) this.offer(organizationId, { ...held, priceMinor })
  }

  private isNewest(change: CatalogueProduct): boolean {
    return this.newest(change.organizationId).includes(change)
  }

  private newest(organizationId: OrganizationId): ReadonlyArray<CatalogueProduct> {
    const ofOrganization = this.changes.filter((change) => change.organizationId === organizationId)
    return [...new Map(ofOrganization.map((change) => [change.productId, change])).values()]
  }
}

const inMood = (mood: Mood): Effect.Effect<void> => {
  if (mood === "answers") return Effect.void
  if (mood === "never") return Effect.never
  return mood === "dies" ? Effect.die(new Error("inventory is away")) : mood.pass
}
