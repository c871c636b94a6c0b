import { writeFileSync } from "node:fs"
import { registerHooks } from "node:module"

/** Loaded before a program (`--import`), it writes which modules the program has loaded to the file LOADED_MODULES. */
const loaded: Array<string> = []
registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  }
})
process.on("exit", () => {
  const { LOADED_MODULES } = process.env
  if (LOADED_MODULES !== undefined) writeFileSync(LOADED_MODULES, loaded.join("\n"))
})
