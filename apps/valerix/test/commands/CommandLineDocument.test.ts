import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Command, Completions } from "effect/cli"
import { EXIT } from "../../src/terminal/ExitCodes.ts"
import { valerix } from "../../src/Valerix.ts"

const DOCUMENT = new URL("../../../../docs/command-line.md", import.meta.url)

const CHECKS = fileURLToPath(new URL("../../src/commands/doctor/", import.meta.url))

/** What every command takes. */
const GLOBAL = ["help", "version", "completions"]

interface Leaf {
  readonly path: string
  readonly flags: ReadonlyArray<Completions.FlagDescriptor>
}

const leavesOf = (descriptor: Completions.CommandDescriptor, above = ""): ReadonlyArray<Leaf> => {
  const path = `${above} ${descriptor.name}`.trim()
  return descriptor.subcommands.length === 0
    ? [{ path, flags: descriptor.flags }]
    : descriptor.subcommands.flatMap((one) => leavesOf(one, path))
}

const leaves = leavesOf(Completions.fromCommand(valerix))

const commandsIn = (command: Command.Command.Any): ReadonlyArray<Command.Command.Any> => [
  command,
  ...command.subcommands.flatMap(({ commands }) => commands.flatMap(commandsIn))
]

const namesOf = ({ name, negation }: Completions.FlagDescriptor): ReadonlyArray<string> => [
  name,
  typeof negation === "string" ? negation : `no-${name}`
]

const flagsIn = (text: string) =>
  new Set([...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = ""]) => name))

/** The commands that lines of a shell run: `valerix orders place --item …`, with what stands before and behind it left out. */
const invocationsIn = (text: string) =>
  [...text.matchAll(/^(?:\$ )?(?:[A-Z_]+=\S+ )*(valerix [^|>#\n]*(?:\\\n[^|>#\n]*)*)/gm)].map(([, line = ""]) =>
    line.trim()
  )

const leafOf = (invocation: string): Leaf | undefined =>
  leaves.find(({ path }) => invocation === path || invocation.startsWith(`${path} `))

const isUsable = (invocation: string): boolean => {
  const leaf = leafOf(invocation)
  const known = new Set([...GLOBAL, ...(leaf?.flags.flatMap(namesOf) ?? [])])
  return (
    (leaf !== undefined || /^valerix --/.test(invocation)) && [...flagsIn(invocation)].every((flag) => known.has(flag))
  )
}

/** Blocks of code: what the program says in them may speak of other commands, and what it is told is looked at by itself. */
const BLOCKS = /^```\w*\n(.*?)^```$/gms

const document = Effect.promise(() => readFile(DOCUMENT, "utf8"))

/** What the document says of each command, by the commands that a heading names. */
const sections = Effect.map(document, (text) =>
  text
    .split(/^(?=#{2,3} )/m)
    .map((section) => ({
      paths: [...(section.split("\n")[0] ?? "").matchAll(/`(valerix [^`]+)`/g)].map(([, path = ""]) => path),
      text: section
    }))
    .filter(({ paths }) => paths.length > 0)
)

describe("docs/command-line.md", () => {
  it.effect("has a section for every command, and for none that does not exist", () =>
    Effect.gen(function* () {
      const named = (yield* sections).flatMap(({ paths }) => paths)
      assert.deepStrictEqual([...named].sort(), leaves.map(({ path }) => path).sort())
    })
  )

  it.effect("names every flag of every command in its section, and no other", () =>
    Effect.gen(function* () {
      for (const { paths, text } of yield* sections) {
        for (const path of paths) {
          const flags = leaves.find((leaf) => leaf.path === path)?.flags ?? []
          const named = flagsIn(text.replaceAll(BLOCKS, ""))
          for (const { name } of flags) assert.isTrue(named.has(name), `${path} --${name} is not described`)
          const known = new Set(flags.flatMap(namesOf))
          for (const name of named) {
            assert.isTrue(known.has(name), `${path} has no --${name}`)
          }
        }
      }
    })
  )

  it.effect("shows at least one example of every command, all of which the program would take", () =>
    Effect.gen(function* () {
      const examples = [...(yield* document).matchAll(BLOCKS)].flatMap(([, block = ""]) => invocationsIn(block))
      assert.deepStrictEqual(
        examples.filter((example) => !isUsable(example)),
        []
      )
      const shown = new Set(examples.map((example) => leafOf(example)?.path))
      const grouped = (yield* sections).filter(({ paths }) => !paths.some((path) => shown.has(path)))
      assert.deepStrictEqual(
        grouped.map(({ paths }) => paths),
        []
      )
    })
  )

  it.effect("has every check of doctor", () =>
    Effect.gen(function* () {
      const sources = yield* Effect.promise(() => readdir(CHECKS, { recursive: true, withFileTypes: true }))
      const files = sources.filter(({ name }) => name.endsWith(".ts"))
      const texts = yield* Effect.forEach(files, ({ name, parentPath }) =>
        Effect.promise(() => readFile(join(parentPath, name), "utf8"))
      )
      const names = texts.flatMap((text) => [...text.matchAll(/check\(\s*"([a-z_]+)"/g)].map(([, name = ""]) => name))
      assert.isAbove(names.length, 20)
      const section = (yield* sections).find(({ paths }) => paths.includes("valerix doctor"))?.text ?? ""
      // Where nothing can be looked at of the orders, one finding says so.
      const missing = names.filter((name) => name !== "orders" && !section.includes(`\`${name}\``))
      assert.deepStrictEqual(missing, [])
    })
  )

  it.effect("has every exit code", () =>
    Effect.gen(function* () {
      const rows = [...(yield* document).matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes = ""]) => codes.split(", "))
      assert.deepStrictEqual(rows.map(Number), [...Object.values(EXIT), 130, 143])
    })
  )
})

describe("the help of every command", () => {
  it("has a description, and examples that the program would take", () => {
    for (const command of commandsIn(valerix)) {
      assert.isNotEmpty(command.description ?? "", command.name)
      assert.isNotEmpty(command.examples, command.name)
      for (const { command: example } of command.examples) {
        for (const invocation of invocationsIn(example)) assert.isTrue(isUsable(invocation), example)
      }
    }
  })
})
