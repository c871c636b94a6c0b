import { delimiter, join } from "node:path"
import { Effect } from "effect"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import { saidBy } from "../RunBriefly.ts"

const INSIDE_MAJOR = 24
const OUTSIDE_LEAST_MAJOR = 20
const FOLDERS_MAX = 20

const majorOf = (version: string): number => Number.parseInt(version.replace(/^v/, ""), 10)

/** The Node.js that a person's shell has: the first one that is not of a package. */
const versionOutside = Effect.suspend(() =>
  Effect.findFirst(
    (process.env["PATH"] ?? "")
      .split(delimiter)
      .filter((folder) => folder !== "" && !folder.includes("node_modules"))
      .slice(0, FOLDERS_MAX)
      .map((folder) => join(folder, "node")),
    (program) => Effect.map(saidBy(program, ["--version"]), (said) => said !== undefined)
  )
)

/** What the versions of Node.js mean: of the one that runs this, and of the one that starts it. */
export const judgeNode = (inside: string, outside: string | undefined): Said => {
  const found = `${inside} runs this${outside === undefined ? "" : `, ${outside.replace(/^v/, "")} is on the PATH`}`
  if (majorOf(inside) !== INSIDE_MAJOR)
    return warn(
      found,
      `Valerix is made for Node.js ${INSIDE_MAJOR}: start it with npm start or npx valerix, which bring it.`
    )
  return outside !== undefined && majorOf(outside) < OUTSIDE_LEAST_MAJOR
    ? fail(found, `npm start needs Node.js ${OUTSIDE_LEAST_MAJOR} or later: install one from nodejs.org.`)
    : ok(found)
}

export const nodeCheck = check(
  "node",
  null,
  Effect.gen(function* () {
    const program = yield* versionOutside
    const outside = program._tag === "None" ? undefined : yield* saidBy(program.value, ["--version"])
    return judgeNode(process.versions.node, outside)
  })
)
