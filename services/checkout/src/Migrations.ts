/** Where the migrations of checkout's database are. */
export const checkoutMigrations = new URL("../migrations/", import.meta.url)
