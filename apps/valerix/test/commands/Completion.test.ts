import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { runValerix } from "./support/Valerix.ts"

/** How each shell is asked whether it can read a script. */
const SHELLS = [
  ["bash", ["-n"]],
  ["zsh", ["-n"]],
  ["fish", ["--no-execute"]]
] as const

const isThere = (shell: string) => spawnSync(shell, ["--version"]).error === undefined

const scriptFor = (shell: string) =>
  Effect.map(runValerix(["--completions", shell]), ({ code, stderr, stdout }) => {
    assert.deepStrictEqual([code, stderr], [0, ""])
    return stdout
  })

/** What bash offers for a line that ends where it ends. */
const offered = (script: string, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const folder = mkdtempSync(join(tmpdir(), "valerix-completion-"))
  try {
    const file = join(folder, "valerix.bash")
    writeFileSync(file, script)
    const ask = `
      source "$1"; shift
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
      _valerix "$1" "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const said = execFileSync("bash", ["--norc", "-c", ask, "bash", file, ...words], { encoding: "utf8" })
    return said.split("\n").filter((line) => line !== "")
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("valerix --completions", () => {
  it.live("is a script for bash, zsh and fish, and every shell that is here can read it", () =>
    Effect.gen(function* () {
      for (const [shell, check] of SHELLS) {
        const script = yield* scriptFor(shell)
        for (const word of ["orders", "doctor", "payment-token"]) assert.include(script, word)
        if (!isThere(shell)) continue
        const read = spawnSync(shell, [...check], { input: script, encoding: "utf8" })
        assert.deepStrictEqual([read.status, read.stderr], [0, ""], shell)
      }
    })
  )

  for (const title of isThere("bash") ? ["offers commands, flags and values in bash"] : []) {
    it.live(title, () =>
      Effect.gen(function* () {
        const script = yield* scriptFor("bash")
        assert.deepStrictEqual(offered(script, ["valerix", "do"]), ["doctor"])
        assert.deepStrictEqual(offered(script, ["valerix", "orders", ""]), ["list", "show", "place"])
        assert.deepStrictEqual(offered(script, ["valerix", "orders", "place", "--pay"]), ["--payment-token"])
        assert.deepStrictEqual(offered(script, ["valerix", "orders", "list", "--status", "C"]), ["CONFIRMED"])
        assert.deepStrictEqual(offered(script, ["valerix", "start", "inv"]), ["inventory"])
        const file = fileURLToPath(import.meta.url)
        for (const words of [
          ["import", "products"],
          ["import", "orders", "--not-imported"],
          ["export", "orders", "--out"]
        ])
          assert.deepStrictEqual(offered(script, ["valerix", ...words, file.slice(0, -3)]), [file], words.join(" "))
      })
    )
  }
})
