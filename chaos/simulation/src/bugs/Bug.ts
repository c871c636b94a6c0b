import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"

/** A mistake that somebody could make, as a change of a source file. */
export interface Bug {
  readonly name: string
  /** What it does away with. */
  readonly promise: string
  /** The file, from the root of the repository. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

const ROOT = new URL("../../../../", import.meta.url)

/** What is wrong with a bug as it is written down; nothing if it can be planted. */
export const unplantable = ({ file, find }: Bug): string | undefined => {
  const places = readFileSync(new URL(file, ROOT), "utf8").split(find).length - 1
  return places === 1 ? undefined : `${file} has ${places} places like ${JSON.stringify(find)}`
}

/** Plants a bug in all modules that this thread imports from now on. */
export const plant = (bug: Bug): void => {
  const problem = unplantable(bug)
  if (problem !== undefined) throw new Error(problem)
  const url = new URL(bug.file, ROOT).href
  registerHooks({
    load: (loaded, context, next) => {
      const module = next(loaded, context)
      return loaded === url ? { ...module, source: String(module.source).replace(bug.find, () => bug.replace) } : module
    }
  })
}
