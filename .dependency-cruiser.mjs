// Who may import whom. CONTRIBUTING.md has the same as a table; tools/test/Layers.test.ts shows that each rule bites.

/** A package of ours: its folder, without the slash. `$1` names the same folder in the other half of a rule. */
const PACKAGE = "((?:kernel|services|apps)/[^/]+)"
const SERVICE = "services/([^/]+)"

/** The language itself: "effect" and its single modules, but none of its technologies ("effect/sql", "effect/http" …). */
const EFFECT = "(^|/)node_modules/effect/dist/[^/]+$"
const EFFECT_HTTP_API = "(^|/)node_modules/effect/dist/http-api/"
const KERNEL_VALUES = "^kernel/(money-and-ids|tenancy)/"
const KERNEL_FOR_TESTS = "^kernel/testing/"
const ANY_CONTRACT = "^services/[^/]+/src/contract/"
const TEST_TOOLS = "(^|/)node_modules/(vitest|@effect/vitest|fast-check)/"

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "domain-is-pure",
      comment:
        "The domain imports effect, kernel values and itself: no use case, no technology, not even its own contract.",
      severity: "error",
      from: { path: `^${SERVICE}/src/domain/` },
      to: { pathNot: ["^services/$1/src/domain/", EFFECT, KERNEL_VALUES] }
    },
    {
      name: "contract-stands-alone",
      comment:
        "What others import pulls nothing of the service's inside with it: effect, effect/http-api and the kernel only, " +
        "and of @valerix/http no server.",
      severity: "error",
      from: { path: `^${SERVICE}/src/contract/` },
      to: {
        pathNot: [
          "^services/$1/src/contract/",
          EFFECT,
          EFFECT_HTTP_API,
          "^kernel/(?!database/|testing/|http/src/index)"
        ]
      }
    },
    {
      name: "application-knows-no-technology",
      comment:
        "A use case imports the domain, ports, contracts and the kernel, from @valerix/database the transaction it runs in. " +
        "A technology comes to it through a port.",
      severity: "error",
      from: { path: `^${SERVICE}/src/application/` },
      to: {
        pathNot: [
          "^services/$1/src/(application|domain)/",
          ANY_CONTRACT,
          EFFECT,
          "^kernel/database/src/index[.]ts$",
          "^kernel/(?!database/|http/|testing/)"
        ]
      }
    },
    {
      name: "services-meet-at-contracts",
      comment: "Another service's code is reachable through its contract only. Only an app composes services.",
      severity: "error",
      from: { path: `^${SERVICE}/` },
      to: { path: "^services/", pathNot: ["^services/$1/", ANY_CONTRACT] }
    },
    {
      name: "apps-use-doors",
      comment: "An app imports a service's root file or its contract, nothing inside.",
      severity: "error",
      from: { path: "^apps/" },
      to: { path: "^services/", pathNot: ["^services/[^/]+/src/[^/]+$", ANY_CONTRACT] }
    },
    {
      name: "kernel-knows-no-service",
      comment: "The kernel is what services share: no business rule lives in it.",
      severity: "error",
      from: { path: "^kernel/" },
      to: { path: "^services/" }
    },
    {
      name: "kernel-values-are-pure",
      comment:
        "The domain rests on these, so they bring no technology into it: random bytes for ids are all they take.",
      severity: "error",
      from: { path: `${KERNEL_VALUES}src/` },
      to: { pathNot: [KERNEL_VALUES, EFFECT, "^(node:)?crypto$"] }
    },
    {
      name: "nobody-imports-apps",
      comment: "Apps, measurements, campaigns and tools stand on the packages, never below them.",
      severity: "error",
      from: { path: `^${PACKAGE}/(src|test)/` },
      to: { path: "^(apps|bench|chaos|tools)/", pathNot: "^$1/" }
    },
    {
      name: "packages-meet-by-name",
      comment: "A package imports another one by its name, so that its exports are its door, never by a relative path.",
      severity: "error",
      from: { path: `^${PACKAGE}/` },
      to: { path: `^${PACKAGE}/`, pathNot: "^$1/", dependencyTypes: ["local"] }
    },
    {
      name: "product-without-tests",
      comment: "What runs imports neither tests nor what tests are written with.",
      severity: "error",
      from: { path: `^${PACKAGE}/src/`, pathNot: KERNEL_FOR_TESTS },
      to: { path: [`^${PACKAGE}/test/`, KERNEL_FOR_TESTS, TEST_TOOLS] }
    },
    {
      name: "no-cycles",
      comment: "Modules that import each other, types included, cannot be understood one at a time.",
      severity: "error",
      from: {},
      to: { circular: true }
    },
    {
      name: "resolvable",
      comment: "An import that leads nowhere cannot be judged by the other rules.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true }
    }
  ],
  options: {
    // TypeScript 7 has no API by which others could parse, hence swc. It reports imports of types too.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(apps|services|kernel)/[^/]+/(coverage|dist)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"]
    }
  }
}
