import { layer } from "@effect/vitest"
import { emptyTestDatabase, goUpAndDown } from "@valerix/testing"
import { inventoryMigrations } from "../src/Migrations.ts"

layer(emptyTestDatabase("inventory"), { excludeTestServices: true })("the migrations", (it) => {
  it.effect("go up, each down and up again, and down to nothing, and leave no trace", () =>
    goUpAndDown(inventoryMigrations)
  )
})
