import type { ProductId } from "@valerix/money-and-ids"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AddStock } from "../../application/AddStock.ts"
import { BrowseInventory } from "../../application/BrowseInventory.ts"
import { ChangeProduct } from "../../application/ChangeProduct.ts"
import { CreateProduct } from "../../application/CreateProduct.ts"
import { InventoryApi, InventoryInternalApi } from "../../contract/InventoryApi.ts"
import {
  DuplicateRequestProblem,
  DuplicateSkuProblem,
  IdempotencyKeyReusedProblem
} from "../../contract/InventoryProblems.ts"
import { type ChangeProductBody, type CreateProductBody, ProductPage } from "../../contract/ProductSchemas.ts"
import { type AddStockBody, BalancePage, type MovementType, TransactionPage } from "../../contract/StockSchemas.ts"
import { availableOf } from "../../domain/Balance.ts"
import { productNotFoundProblem, productReference } from "./References.ts"
import { balanceView, productView, stockAddedView, transactionView } from "./Views.ts"

type OfProduct = { readonly params: { readonly product_id: string } }
type Page<Position> = { readonly limit: number; readonly cursor?: Position }

/** The operations of InventoryGroup. They are served twice, under `/api/v1` and, alone, without a prefix. */
const makeHandlers = Effect.gen(function* () {
  const addStock = yield* AddStock
  const browse = yield* BrowseInventory
  const changeProduct = yield* ChangeProduct
  const createProduct = yield* CreateProduct

  return {
    createProduct: Effect.fnUntraced(function* ({ payload }: { readonly payload: typeof CreateProductBody.Type }) {
      const { organizationId, principal } = yield* CurrentTenant
      const { initial_stock: initialStock = 0, name, price, sku } = payload
      const product = yield* createProduct({ organizationId, principal, sku, name, price, initialStock }).pipe(
        Effect.mapError(
          ({ productId }) => new DuplicateSkuProblem({ detail: `${sku} is taken.`, product_id: productId })
        )
      )
      return productView(product)
    }),

    listProducts: Effect.fnUntraced(function* ({
      query
    }: {
      readonly query: Page<readonly [ProductId]> & { readonly sku?: string }
    }) {
      const { organizationId } = yield* CurrentTenant
      const filter = { sku: query.sku, after: query.cursor?.[0], limit: query.limit + 1 }
      const products = yield* browse.products(organizationId, filter)
      return ProductPage.of(products.map(productView), query.limit, (last) => [last.product_id] as const)
    }),

    getProduct: Effect.fnUntraced(function* ({ params }: OfProduct) {
      const { organizationId } = yield* CurrentTenant
      const product = yield* browse
        .product(organizationId, productReference(params.product_id))
        .pipe(Effect.mapError(productNotFoundProblem))
      return productView(product)
    }),

    changeProduct: Effect.fnUntraced(function* ({
      params,
      payload
    }: OfProduct & { readonly payload: typeof ChangeProductBody.Type }) {
      const { organizationId } = yield* CurrentTenant
      const product = yield* changeProduct(organizationId, productReference(params.product_id), payload).pipe(
        Effect.mapError(productNotFoundProblem)
      )
      return productView(product)
    }),

    addStock: Effect.fnUntraced(function* ({
      headers,
      params,
      payload
    }: OfProduct & {
      readonly headers: { readonly "idempotency-key": string }
      readonly payload: typeof AddStockBody.Type
    }) {
      const tenant = yield* CurrentTenant
      const added = yield* addStock({
        tenant,
        idempotencyKey: headers["idempotency-key"],
        product: productReference(params.product_id),
        quantity: payload.quantity,
        reason: payload.reason,
        referenceId: payload.reference_id,
        notes: payload.notes
      }).pipe(
        Effect.catchTags({
          ProductNotFound: (error) => Effect.fail(productNotFoundProblem(error)),
          IdempotencyKeyReused: () => Effect.fail(new IdempotencyKeyReusedProblem())
        })
      )
      const view = stockAddedView(added)
      return added.isReplay ? yield* new DuplicateRequestProblem(view) : view
    }),

    getAvailability: Effect.fnUntraced(function* ({ params }: OfProduct) {
      const { organizationId } = yield* CurrentTenant
      const { onHand, product, reserved } = yield* browse
        .stockOf(organizationId, productReference(params.product_id))
        .pipe(Effect.mapError(productNotFoundProblem))
      return {
        product_id: product.productId,
        sku: product.sku,
        stock_quantity: onHand,
        available: availableOf({ onHand, reserved })
      }
    }),

    listBalances: Effect.fnUntraced(function* ({
      query
    }: {
      readonly query: Page<readonly [ProductId, string]> & { readonly product_id?: ProductId }
    }) {
      const { organizationId } = yield* CurrentTenant
      const filter = { productId: query.product_id, after: query.cursor, limit: query.limit + 1 }
      const balances = yield* browse.balances(organizationId, filter)
      const position = (last: { readonly product_id: ProductId; readonly location_id: string }) =>
        [last.product_id, last.location_id] as const
      return BalancePage.of(balances.map(balanceView), query.limit, position)
    }),

    listTransactions: Effect.fnUntraced(function* ({
      query
    }: {
      readonly query: Page<readonly [string]> & {
        readonly product_id?: ProductId
        readonly type?: typeof MovementType.Type
      }
    }) {
      const { organizationId } = yield* CurrentTenant
      const { cursor, limit, product_id: productId, type } = query
      const movements = yield* browse.movements(organizationId, {
        productId,
        type,
        after: cursor?.[0],
        limit: limit + 1
      })
      return TransactionPage.of(movements.map(transactionView), limit, (last) => [last.transaction_id] as const)
    })
  }
})

/** InventoryGroup at the public door. */
export const layerInventoryHandlers = HttpApiBuilder.group(
  InventoryApi,
  "inventory",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* makeHandlers)
  })
)

/** InventoryGroup without a prefix. */
export const layerUnprefixedHandlers = HttpApiBuilder.group(
  InventoryInternalApi,
  "inventory",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* makeHandlers)
  })
)
