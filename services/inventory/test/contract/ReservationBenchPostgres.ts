import { layerParticipantPostgres } from "@valerix/saga"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Layer, Schema } from "effect"
import { layerReservationRepositoryPostgres } from "../../src/adapters/postgres/ReservationRepositoryPostgres.ts"
import type { CreateProduct } from "../../src/application/CreateProduct.ts"
import { layerInventory } from "../../src/Inventory.ts"
import { inventoryMigrations } from "../../src/Migrations.ts"
import { balanceOf, productWithStock } from "../Fixtures.ts"
import { Shelf } from "./ReservationBench.ts"

const decodeLocation = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ location_id: Schema.String })]))

const ShelfPostgres = Layer.effect(
  Shelf,
  Effect.gen(function* () {
    const services = yield* Effect.context<OwnerDatabase | CreateProduct>()
    const { sql } = yield* OwnerDatabase
    return Shelf.of({
      put: Effect.fnUntraced(
        function* (organizationId, onHand, sku) {
          const { productId } = yield* productWithStock(organizationId, onHand, sku)
          const [row] = yield* Effect.flatMap(
            sql`SELECT location_id FROM locations WHERE organization_id = ${organizationId} AND code = 'MAIN'`,
            decodeLocation
          )
          return { productId, locationId: row.location_id }
        },
        Effect.orDie,
        Effect.provideContext(services)
      ),
      balanceOf: (organizationId, productId) =>
        balanceOf(organizationId, productId).pipe(
          Effect.map(({ on_hand, reserved }) => ({ onHand: on_hand, reserved })),
          Effect.provideContext(services)
        )
    })
  })
)

/** A repository on a database of its own; call it at the top of a test file. */
export const reservationBenchPostgres = () =>
  Layer.mergeAll(layerReservationRepositoryPostgres, layerParticipantPostgres(), ShelfPostgres).pipe(
    Layer.provide(layerInventory),
    Layer.provide(testDatabase("inventory", inventoryMigrations))
  )
