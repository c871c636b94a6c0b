import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Schema } from "effect"
import { Cycle } from "./Cycle.ts"

const Settings = Schema.Struct({
  seed: Schema.Int,
  kills: Schema.Int,
  /** How often the campaign was begun or resumed. */
  run: Schema.Int,
  /** Where PostgreSQL's data are: a file system of its own, where one can be mounted. */
  disk: Schema.String
})
type Settings = typeof Settings.Type

const decodeSettings = Schema.decodeUnknownSync(Schema.fromJsonString(Settings))
const decodeCycle = Schema.decodeUnknownSync(Schema.fromJsonString(Cycle))

/** Where a campaign keeps what it needs to be resumed, and what it leaves to be looked at. */
export class Folder {
  readonly path: string
  readonly settings: Settings
  private readonly done: Array<Cycle>

  private constructor(path: string, settings: Settings) {
    this.path = path
    this.settings = settings
    mkdirSync(join(path, "programs"), { recursive: true })
    writeFileSync(join(path, SETTINGS_FILE), `${JSON.stringify(settings)}\n`)
    this.done = existsSync(this.cyclesFile)
      ? readFileSync(this.cyclesFile, "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => decodeCycle(line))
      : []
  }

  /** A new campaign in a folder. Fails when there is one already. */
  static begin(path: string, { kills, seed }: { readonly kills: number; readonly seed: number }): Folder {
    if (existsSync(join(path, SETTINGS_FILE))) throw new Error(`${path} holds a campaign; go on with --resume ${path}`)
    mkdirSync(path, { recursive: true })
    const disk = join(tmpdir(), `valerix-crash-${process.pid}-${Date.now().toString(36)}`)
    return new Folder(path, { seed, kills, run: 1, disk })
  }

  /** A campaign that was stopped. */
  static resume(path: string): Folder {
    const settings = decodeSettings(readFileSync(join(path, SETTINGS_FILE), "utf8"))
    return new Folder(path, { ...settings, run: settings.run + 1 })
  }

  cycles(): ReadonlyArray<Cycle> {
    return this.done
  }

  keep(cycle: Cycle): void {
    this.done.push(cycle)
    appendFileSync(this.cyclesFile, `${JSON.stringify(cycle)}\n`)
  }

  journalFile(): string {
    return join(this.path, "journal.jsonl")
  }

  programLog(number: number): string {
    return join(this.path, "programs", `${this.settings.run}-${String(number).padStart(5, "0")}.log`)
  }

  private get cyclesFile(): string {
    return join(this.path, "cycles.jsonl")
  }
}

const SETTINGS_FILE = "campaign.json"
