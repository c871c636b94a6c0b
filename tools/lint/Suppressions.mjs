// A comment that switches a rule off for the line after it makes every other rule a suggestion, so there are none.
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"

const SOURCE = /\.[cm]?[jt]sx?$/
const LEFT_OUT = new Set(["node_modules", "coverage", "dist"])
/** Outside of any text: what merely quotes such a comment switches nothing off. */
const SUPPRESSION = /^[^"'`]*(?:\/\/|\/\*)\s*(@ts-(?:expect-error|ignore|nocheck)|biome-ignore\S*)/

const found = (await Promise.all(process.argv.slice(2).map(suppressionsBelow))).flat()
for (const { file, line, comment } of found) console.log(`${file}:${line} switches a rule off: ${comment}`)
process.exitCode = found.length === 0 ? 0 : 1

/**
 * @param {string} folder
 * @returns {Promise<ReadonlyArray<{ readonly file: string, readonly line: number, readonly comment: string }>>}
 */
async function suppressionsBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true })
  const inside = entries.map((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : suppressionsBelow(path)
    return entry.isFile() && SOURCE.test(entry.name) ? suppressionsIn(path) : []
  })
  return (await Promise.all(inside)).flat()
}

/** @param {string} file */
async function suppressionsIn(file) {
  const lines = (await readFile(file, "utf8")).split("\n")
  return lines.flatMap((text, index) => {
    const comment = SUPPRESSION.exec(text)?.[1]
    return comment === undefined ? [] : [{ file, line: index + 1, comment }]
  })
}
