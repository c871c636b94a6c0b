/** Where the migrations of orders' database are. */
export const ordersMigrations = new URL("../migrations/", import.meta.url)
