import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { Context, Effect, Layer } from "effect"
import { type Browser, chromium } from "playwright-core"

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

const canBeRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The browser of this machine, or the one that CHROMIUM_PATH names. In CI, where there must be one, none is an error. */
export const browserPath = (): string | undefined => {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  const candidates = [
    process.env["CHROMIUM_PATH"] ?? "",
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    MAC
  ]
  const found = candidates.find((path) => path !== "" && canBeRun(path))
  if (found === undefined && process.env["CI"] === "true") throw new Error("There is no Chromium, and CI needs one.")
  return found
}

/** A browser that can reach this machine and nothing else. */
export class TestBrowser extends Context.Service<TestBrowser, Browser>()("@valerix/app/test/TestBrowser") {}

export const layerTestBrowser = (executablePath: string) =>
  Layer.effect(
    TestBrowser,
    Effect.acquireRelease(
      Effect.promise(() =>
        chromium.launch({
          executablePath,
          // Chromium's own sandbox does not work for root.
          chromiumSandbox: process.getuid?.() !== 0,
          args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        })
      ),
      (browser) => Effect.promise(() => browser.close())
    )
  )
