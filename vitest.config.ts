import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/.valerix/**"],
    globalSetup: ["./kernel/testing/src/GlobalSetup.ts"],
    // A process of its own for every file: tests start servers and are killed with what they started.
    pool: "forks",
    isolate: true,
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // A test that passes the second time has told something the first time.
    retry: 0,
    coverage: { provider: "v8", include: ["{apps,services,kernel}/*/src/**/*.ts"] }
  }
})
