/** Where the migrations of inventory's database are. */
export const inventoryMigrations = new URL("../migrations/", import.meta.url)
