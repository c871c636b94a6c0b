import type { ProductView } from "@valerix/inventory/contract"
import { Effect } from "effect"
import type { ValerixClient } from "../../client/ValerixClient.ts"

const ASKED_AT_ONCE = 8

/** Products with how much there is of each: on hand, and of that not reserved. */
export const availabilityOf = ({ ask, inventory }: ValerixClient, products: ReadonlyArray<typeof ProductView.Type>) =>
  Effect.forEach(
    products,
    (product) =>
      Effect.map(
        ask(inventory.getAvailability({ params: { product_id: product.product_id } })),
        ({ available, stock_quantity }) => ({ ...product, stock_quantity, available })
      ),
    { concurrency: ASKED_AT_ONCE }
  )
