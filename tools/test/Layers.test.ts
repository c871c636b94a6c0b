import { execFile } from "node:child_process"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { FixtureTree, REPOSITORY } from "./support/FixtureTree.ts"

const importing = (...specifiers: ReadonlyArray<string>) =>
  specifiers.map((specifier, index) => `import type * as i${index} from "${specifier}"\n`).join("")

const packageOf = (name: string, root: string) =>
  JSON.stringify({
    name: `@valerix/${name}`,
    type: "module",
    exports: { ".": `./src/${root}`, "./contract": "./src/contract/index.ts" }
  })

/** A tree in which everybody imports what they may, as much of it as there is. */
const CLEAN: Readonly<Record<string, string>> = {
  "services/orders/package.json": packageOf("orders", "Orders.ts"),
  "services/orders/src/Orders.ts": importing(
    "effect",
    "@effect/sql-pg",
    "@valerix/payments/contract",
    "./contract/index.ts",
    "./adapters/postgres/OrderRepositoryPostgres.ts",
    "./application/PlaceOrder.ts"
  ),
  "services/orders/src/contract/index.ts": `export * from "./OrdersApi.ts"\n`,
  "services/orders/src/contract/OrdersApi.ts": importing(
    "effect",
    "effect/http-api",
    "@valerix/tenancy",
    "@valerix/http/contract"
  ),
  "services/orders/src/domain/Order.ts": importing(
    "effect",
    "effect/Duration",
    "@valerix/money-and-ids",
    "./OrderLine.ts"
  ),
  "services/orders/src/domain/OrderLine.ts": importing("@valerix/tenancy"),
  "services/orders/src/application/PlaceOrder.ts": importing(
    "effect",
    "../domain/Order.ts",
    "../contract/index.ts",
    "./ports/OrderRepository.ts",
    "@valerix/payments/contract",
    "@valerix/database",
    "@valerix/saga"
  ),
  "services/orders/src/application/ports/OrderRepository.ts": importing("effect", "../../domain/Order.ts"),
  "services/orders/src/adapters/postgres/OrderRepositoryPostgres.ts": importing(
    "node:fs",
    "effect/sql",
    "@effect/sql-pg",
    "@valerix/database",
    "@valerix/payments/contract",
    "../../application/ports/OrderRepository.ts",
    "../../contract/index.ts",
    "../../domain/Order.ts"
  ),
  "services/orders/test/PlaceOrder.test.ts": importing(
    "vitest",
    "@valerix/testing",
    "@valerix/payments/contract",
    "../src/Orders.ts",
    "../src/application/PlaceOrder.ts"
  ),
  "services/payments/package.json": packageOf("payments", "Payments.ts"),
  "services/payments/src/Payments.ts": importing("./contract/index.ts"),
  "services/payments/src/contract/index.ts": importing("effect"),
  "services/payments/src/domain/Payment.ts": importing("effect"),
  "services/payments/test/Sample.ts": importing("../src/domain/Payment.ts"),
  "kernel/money-and-ids/package.json": packageOf("money-and-ids", "index.ts"),
  "kernel/money-and-ids/src/index.ts": importing("effect", "node:crypto"),
  "kernel/tenancy/package.json": packageOf("tenancy", "index.ts"),
  "kernel/tenancy/src/index.ts": importing("@valerix/money-and-ids"),
  "kernel/database/package.json": packageOf("database", "index.ts"),
  "kernel/database/src/index.ts": importing("@effect/sql-pg", "@valerix/tenancy"),
  "kernel/http/package.json": packageOf("http", "index.ts"),
  "kernel/http/src/index.ts": importing("effect/http"),
  "kernel/http/src/contract/index.ts": importing("effect/http-api"),
  "kernel/saga/package.json": packageOf("saga", "index.ts"),
  "kernel/saga/src/index.ts": importing("@valerix/database"),
  "kernel/testing/package.json": packageOf("testing", "index.ts"),
  "kernel/testing/src/index.ts": importing("vitest", "@valerix/database"),
  "apps/valerix/package.json": packageOf("app", "main.ts"),
  "apps/valerix/src/main.ts": importing("@valerix/orders", "@valerix/payments/contract", "@valerix/http", "effect/cli"),
  "bench/measure.ts": importing("../services/orders/src/domain/Order.ts", "@valerix/orders"),
  "chaos/campaign.ts": importing("../services/payments/src/domain/Payment.ts", "vitest")
}

/** One file each that breaks one rule: where it is, what it imports, and the rule. */
const BROKEN: ReadonlyArray<readonly [file: string, specifier: string, rule: string]> = [
  ["services/orders/src/domain/UsesSql.ts", "effect/sql", "domain-is-pure"],
  ["services/orders/src/domain/UsesHttp.ts", "effect/http", "domain-is-pure"],
  ["services/orders/src/domain/UsesNode.ts", "node:fs", "domain-is-pure"],
  ["services/orders/src/domain/UsesDatabase.ts", "@valerix/database", "domain-is-pure"],
  ["services/orders/src/domain/UsesUseCase.ts", "../application/PlaceOrder.ts", "domain-is-pure"],
  ["services/orders/src/domain/UsesContract.ts", "../contract/index.ts", "domain-is-pure"],
  ["services/orders/src/domain/UsesRoot.ts", "../Orders.ts", "domain-is-pure"],
  ["services/orders/src/domain/line/UsesRoot.ts", "../../Orders.ts", "domain-is-pure"],
  ["services/orders/src/domain/UsesOtherContract.ts", "@valerix/payments/contract", "domain-is-pure"],
  ["services/orders/src/contract/UsesDomain.ts", "../domain/Order.ts", "contract-stands-alone"],
  ["services/orders/src/contract/UsesUseCase.ts", "../application/PlaceOrder.ts", "contract-stands-alone"],
  ["services/orders/src/contract/UsesSql.ts", "effect/sql", "contract-stands-alone"],
  ["services/orders/src/contract/UsesDatabase.ts", "@valerix/database", "contract-stands-alone"],
  ["services/orders/src/contract/UsesServer.ts", "@valerix/http", "contract-stands-alone"],
  [
    "services/orders/src/application/UsesAdapter.ts",
    "../adapters/postgres/OrderRepositoryPostgres.ts",
    "application-knows-no-technology"
  ],
  ["services/orders/src/application/UsesRoot.ts", "../Orders.ts", "application-knows-no-technology"],
  ["services/orders/src/application/UsesSqlClient.ts", "@effect/sql-pg", "application-knows-no-technology"],
  ["services/orders/src/application/UsesSql.ts", "effect/sql", "application-knows-no-technology"],
  ["services/orders/src/application/UsesHttp.ts", "effect/http", "application-knows-no-technology"],
  ["services/orders/src/application/UsesHttpApi.ts", "effect/http-api", "application-knows-no-technology"],
  ["services/orders/src/application/UsesKernelHttp.ts", "@valerix/http", "application-knows-no-technology"],
  ["services/orders/src/application/UsesNode.ts", "node:crypto", "application-knows-no-technology"],
  ["services/orders/src/adapters/UsesOtherRoot.ts", "@valerix/payments", "services-meet-at-contracts"],
  ["services/orders/src/UsesOtherRoot.ts", "@valerix/payments", "services-meet-at-contracts"],
  ["services/orders/test/UsesOtherRoot.test.ts", "@valerix/payments", "services-meet-at-contracts"],
  ["kernel/database/src/UsesService.ts", "@valerix/payments/contract", "kernel-knows-no-service"],
  ["kernel/tenancy/src/UsesSql.ts", "effect/sql", "kernel-values-are-pure"],
  ["kernel/money-and-ids/src/UsesDatabase.ts", "@valerix/database", "kernel-values-are-pure"],
  ["kernel/tenancy/src/UsesNode.ts", "node:fs", "kernel-values-are-pure"],
  ["services/orders/src/UsesApp.ts", "@valerix/app", "nobody-imports-apps"],
  ["kernel/http/src/UsesBench.ts", "../../../bench/measure.ts", "nobody-imports-apps"],
  ["kernel/http/src/ReachesOver.ts", "../../tenancy/src/index.ts", "packages-meet-by-name"],
  ["services/orders/src/adapters/ReachesOver.ts", "../../../payments/src/contract/index.ts", "packages-meet-by-name"],
  ["services/orders/src/adapters/ReachesInside.ts", "@valerix/payments/src/domain/Payment.ts", "resolvable"],
  ["services/orders/src/adapters/ReachesIntoKernel.ts", "@valerix/saga/src/SagaFence.ts", "resolvable"],
  ["services/orders/test/ReachesInside.test.ts", "../../payments/src/domain/Payment.ts", "services-meet-at-contracts"],
  ["services/payments/src/UsesTests.ts", "../test/Sample.ts", "product-without-tests"],
  ["services/payments/src/UsesTestKernel.ts", "@valerix/testing", "product-without-tests"],
  ["kernel/saga/src/UsesTestRunner.ts", "vitest", "product-without-tests"],
  ["kernel/saga/src/UsesNothing.ts", "./Missing.ts", "resolvable"]
]

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

/** Runs the check over a tree, with the repository's rules. */
const check = (tree: FixtureTree) =>
  new Promise<{ readonly modules: number; readonly violations: ReadonlyArray<readonly [string, string]> }>(
    (resolve, reject) => {
      const cruiser = join(REPOSITORY, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs")
      const rules = join(REPOSITORY, ".dependency-cruiser.mjs")
      const folders = ["apps", "services", "kernel", "bench", "chaos"]
      const command = [cruiser, "--config", rules, "--output-type", "json", ...folders]
      // It ends with the number of errors that it found, so only what it says tells whether it ran.
      execFile(process.execPath, command, { cwd: tree.root, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
        try {
          const { summary }: { summary: { totalCruised: number; violations: ReadonlyArray<Violation> } } =
            JSON.parse(stdout)
          const violations = summary.violations.map(({ from, rule }) => [from, rule.name] as const)
          resolve({ modules: summary.totalCruised, violations })
        } catch {
          reject(new Error(`${stdout}\n${stderr}`))
        }
      })
    }
  )

const plant = async (files: Readonly<Record<string, string>>) => {
  const tree = await FixtureTree.make(files)
  const packages = ["orders", "payments"].map((name) => [name, `services/${name}`] as const)
  const kernel = ["money-and-ids", "tenancy", "database", "http", "saga", "testing"].map(
    (name) => [name, `kernel/${name}`] as const
  )
  for (const [name, folder] of [...packages, ...kernel, ["app", "apps/valerix"] as const]) {
    await tree.link({ [`node_modules/@valerix/${name}`]: `../../${folder}` })
  }
  for (const name of ["effect", "vitest", "@effect"]) {
    await tree.link({ [`node_modules/${name}`]: join(REPOSITORY, "node_modules", name) })
  }
  return tree
}

describe("who may import whom", () => {
  let broken: ReadonlyArray<readonly [string, string]> = []

  beforeAll(async () => {
    const tree = await plant({
      ...CLEAN,
      ...Object.fromEntries(BROKEN.map(([file, specifier]) => [file, importing(specifier)])),
      "apps/valerix/src/ReachesInside.ts": `export * from "../../../services/payments/src/domain/Payment.ts"\n`,
      "services/payments/src/domain/LoadsLate.ts": `export const late = () => import("effect/sql")\n`,
      "services/payments/src/domain/PassesOn.ts": `export { SqlClient } from "effect/sql"\n`,
      "kernel/saga/src/CycleStart.ts": importing("./CycleEnd.ts"),
      "kernel/saga/src/CycleEnd.ts": importing("./CycleStart.ts")
    })
    broken = (await check(tree).finally(() => tree.remove())).violations
  })

  const rulesBrokenIn = (file: string) => broken.filter(([from]) => from === file).map(([, rule]) => rule)

  it("passes a tree in which everybody keeps to the rules", async () => {
    const tree = await plant(CLEAN)
    const { modules, violations } = await check(tree).finally(() => tree.remove())
    expect(violations).toEqual([])
    const sources = Object.keys(CLEAN).filter((file) => file.endsWith(".ts"))
    expect(modules).toBeGreaterThan(sources.length)
  })

  it.each(BROKEN)("rejects %s importing %s: %s", (file, _, rule) => {
    expect(rulesBrokenIn(file)).toContain(rule)
  })

  it("rejects an app that reaches inside a service", () => {
    expect(rulesBrokenIn("apps/valerix/src/ReachesInside.ts")).toContain("apps-use-doors")
  })

  it("rejects what is imported late or only passed on", () => {
    expect(rulesBrokenIn("services/payments/src/domain/LoadsLate.ts")).toEqual(["domain-is-pure"])
    expect(rulesBrokenIn("services/payments/src/domain/PassesOn.ts")).toEqual(["domain-is-pure"])
  })

  it("rejects cycles, of types too", () => {
    const cycle = ["kernel/saga/src/CycleStart.ts", "kernel/saga/src/CycleEnd.ts"]
    expect(cycle.flatMap(rulesBrokenIn)).toContain("no-cycles")
  })

  it("finds nothing in the files that keep to the rules", () => {
    expect(Object.keys(CLEAN).flatMap(rulesBrokenIn)).toEqual([])
  })
})
