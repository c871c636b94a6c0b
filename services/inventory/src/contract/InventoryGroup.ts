import { TenantScope } from "@valerix/http/contract"
import { ProductId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import {
  DuplicateRequestProblem,
  DuplicateSkuProblem,
  IdempotencyKeyReusedProblem,
  ProductNotFoundProblem
} from "./InventoryProblems.ts"
import { ChangeProductBody, CreateProductBody, ProductPage, ProductReference, ProductView } from "./ProductSchemas.ts"
import { Sku } from "./Sku.ts"
import {
  AddStockBody,
  AvailabilityView,
  BalancePage,
  IdempotencyKey,
  MovementType,
  StockAddedView,
  TransactionPage
} from "./StockSchemas.ts"

const params = { product_id: ProductReference }

/** The public operations on products and stock. */
export const InventoryGroup = HttpApiGroup.make("inventory")
  .add(
    HttpApiEndpoint.post("createProduct", "/inventory/products", {
      payload: CreateProductBody,
      success: ProductView.pipe(HttpApiSchema.status(201)),
      error: DuplicateSkuProblem
    }),
    HttpApiEndpoint.get("listProducts", "/inventory/products", {
      query: { ...ProductPage.query, sku: Schema.optionalKey(Sku) },
      success: ProductPage.success
    }),
    HttpApiEndpoint.get("getProduct", "/inventory/products/:product_id", {
      params,
      success: ProductView,
      error: ProductNotFoundProblem
    }),
    HttpApiEndpoint.patch("changeProduct", "/inventory/products/:product_id", {
      params,
      payload: ChangeProductBody,
      success: ProductView,
      error: ProductNotFoundProblem
    }),
    HttpApiEndpoint.post("addStock", "/inventory/products/:product_id/stock", {
      params,
      headers: { "idempotency-key": IdempotencyKey },
      payload: AddStockBody,
      success: StockAddedView,
      error: [ProductNotFoundProblem, DuplicateRequestProblem, IdempotencyKeyReusedProblem]
    }),
    HttpApiEndpoint.get("getAvailability", "/inventory/products/:product_id/availability", {
      params,
      success: AvailabilityView,
      error: ProductNotFoundProblem
    }),
    HttpApiEndpoint.get("listBalances", "/inventory/balances", {
      query: { ...BalancePage.query, product_id: Schema.optionalKey(ProductId) },
      success: BalancePage.success
    }),
    HttpApiEndpoint.get("listTransactions", "/inventory/transactions", {
      query: {
        ...TransactionPage.query,
        product_id: Schema.optionalKey(ProductId),
        type: Schema.optionalKey(MovementType)
      },
      success: TransactionPage.success
    })
  )
  .middleware(TenantScope)
