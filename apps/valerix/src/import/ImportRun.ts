import { type ImportedFile, ImportProgress } from "@valerix/checkout"
import { uuidV7 } from "@valerix/money-and-ids"
import { Clock, Data, Effect, Option, Schema } from "effect"
import {
  type FileNotWritable,
  openNotImported,
  type RowNotImported,
  reopenNotImported,
  type Written
} from "./NotImportedFile.ts"
import { Tally, Tallying } from "./Tally.ts"

/** Another run has begun with the same file; that one goes on. */
export class TakenOver extends Data.TaggedError("TakenOver")<{ readonly file: string }> {
  override get message(): string {
    return `Another run imports ${this.file} now. This one has stopped; nothing was done twice.`
  }
}

const SAVE_EVERY_MS = 500

const Saved = Schema.Struct({
  tally: Tally,
  notImported: Schema.Struct({ path: Schema.String, bytes: Schema.Int, digest: Schema.String })
})
const decodeSaved = Schema.decodeUnknownOption(Saved)

/** A run through a file: what it counts, where it lists what is not imported, and where it keeps how far it is. */
export interface ImportRun {
  readonly tally: Tallying
  /** The rows that an earlier run has accounted for. */
  readonly rowsBefore: number
  readonly notImportedPath: string
  readonly refuse: (row: RowNotImported) => void
  /** To be called when rows up to the one with this number, and perhaps others before them, are accounted for. */
  readonly accountedFor: (lastNumber: number) => Effect.Effect<void, TakenOver | FileNotWritable>
  /** To be called at the end, or when the run is stopped. */
  readonly keep: (isFinished: boolean) => Effect.Effect<void, TakenOver | FileNotWritable>
}

/**
 * Begins to go through a file, or goes on where a run before was stopped. How far it is, is kept at rows before which all
 * are accounted for and after which none is.
 */
export const beginRun = Effect.fnUntraced(function* (
  file: ImportedFile,
  options: {
    readonly fileName: string
    readonly notImportedPath: string
    readonly header: ReadonlyArray<string> | undefined
  }
) {
  const progress = yield* ImportProgress
  const { fileName, header, notImportedPath: path } = options
  const runId = uuidV7()
  const saved = decodeSaved((yield* progress.begin(file, { runId, fileName }))?.tally)
  const goOnAfter = Option.getOrUndefined(saved)
  const earlier =
    goOnAfter === undefined || goOnAfter.notImported.path !== path
      ? undefined
      : yield* reopenNotImported(path, goOnAfter.notImported)
  const list = earlier ?? (yield* openNotImported(path, header))
  const tally = new Tallying(earlier === undefined ? undefined : goOnAfter?.tally)
  let lastNumber = tally.rows
  let savedMs = yield* Clock.currentTimeMillis
  let kept: { readonly tally: Tally; readonly written: Written } = { tally: tally.now, written: yield* list.flush }

  const save = Effect.fnUntraced(function* (isFinished: boolean) {
    const isSaved = yield* progress.save(file, runId, {
      rowsDone: kept.tally.rows,
      tally: { tally: kept.tally, notImported: { path, ...kept.written } },
      isFinished
    })
    if (!isSaved) return yield* new TakenOver({ file: fileName })
  })

  const run: ImportRun = {
    tally,
    rowsBefore: tally.rows,
    notImportedPath: path,
    refuse: (row) => {
      tally.notImported(row.reason)
      list.add(row)
    },
    accountedFor: Effect.fnUntraced(function* (number) {
      lastNumber = Math.max(lastNumber, number)
      if (list.isFull()) yield* list.flush
      const nowMs = yield* Clock.currentTimeMillis
      // Every row counts once: as many as the highest number means that none is missing before it.
      if (tally.rows !== lastNumber || nowMs - savedMs < SAVE_EVERY_MS) return
      savedMs = nowMs
      kept = { tally: tally.now, written: yield* list.flush }
      yield* save(false)
    }),
    keep: Effect.fnUntraced(function* (isFinished) {
      const written = yield* list.flush
      if (tally.rows === lastNumber) kept = { tally: tally.now, written }
      yield* save(isFinished)
    })
  }
  return run
})
