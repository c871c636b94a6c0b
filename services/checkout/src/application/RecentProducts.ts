import type { CatalogueProduct } from "@valerix/inventory/contract"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import type { ProductName } from "../domain/OrderRequest.ts"
import { nameKey, namesOf } from "./ProductNames.ts"

/** The products that were priced lately, by id and by SKU, the least recently used first. */
export class RecentProducts {
  private readonly byName = new Map<string, CatalogueProduct>()
  /** The organizations whose products are being looked up, each with how many times. */
  private readonly meetings = new Map<OrganizationId, number>()
  /** Those that were looked up at some time since it was noted; what one round takes is all that it holds. */
  private met = new Set<OrganizationId>()
  private readonly entriesMax: number

  constructor(productsMax: number) {
    this.entriesMax = productsMax * 2
  }

  find(organizationId: OrganizationId, name: ProductName): CatalogueProduct | undefined {
    const key = `${organizationId} ${nameKey(name)}`
    const product = this.byName.get(key)
    if (product === undefined) return undefined
    this.byName.delete(key)
    this.byName.set(key, product)
    return product
  }

  keep(products: ReadonlyArray<CatalogueProduct>): void {
    for (const product of products) {
      for (const name of namesOf(product)) this.put(`${product.organizationId} ${nameKey(name)}`, product)
    }
  }

  /**
   * Keeps changes of products that are held. One that is not held is read when it is wanted, unless it is being read just
   * now: then the older version may arrive after this one.
   */
  renew(products: ReadonlyArray<CatalogueProduct>): void {
    for (const product of products) {
      const isMeeting = this.meetings.has(product.organizationId)
      for (const name of namesOf(product)) {
        const key = `${product.organizationId} ${nameKey(name)}`
        if (isMeeting || this.byName.has(key)) this.put(key, product)
      }
    }
  }

  /** Lets it be known whose products are being looked up, for as long as they are. */
  readonly whileMeeting =
    (organizationId: OrganizationId) =>
    <A, E, R>(lookingFor: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          this.meetings.set(organizationId, (this.meetings.get(organizationId) ?? 0) + 1)
          this.met.add(organizationId)
        }),
        () => lookingFor,
        () =>
          Effect.sync(() => {
            const others = (this.meetings.get(organizationId) ?? 1) - 1
            if (others > 0) this.meetings.set(organizationId, others)
            else this.meetings.delete(organizationId)
          })
      )

  noteMeetings(): void {
    this.met = new Set(this.meetings.keys())
  }

  /** The organizations whose products were being looked up at some time since `noteMeetings`. */
  metSinceNoted(): ReadonlyArray<OrganizationId> {
    return [...this.met]
  }

  private put(key: string, product: CatalogueProduct): void {
    const held = this.byName.get(key)
    if (held !== undefined && held.version > product.version) return
    this.byName.delete(key)
    this.byName.set(key, product)
    if (this.byName.size > this.entriesMax) {
      const [oldest] = this.byName.keys()
      if (oldest !== undefined) this.byName.delete(oldest)
    }
  }
}
