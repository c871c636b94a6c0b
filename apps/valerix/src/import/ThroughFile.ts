import type { OrganizationId } from "@valerix/money-and-ids"
import { Clock, Console, Effect } from "effect"
import { FileChanged } from "./FileChanged.ts"
import type { SourceFile } from "./files/SourceFile.ts"
import type { ImportReport } from "./ImportReport.ts"
import { beginRun, type ImportRun } from "./ImportRun.ts"
import { openNotImported, type RowNotImported } from "./NotImportedFile.ts"
import { showingProgress } from "./ShowProgress.ts"
import { Tallying } from "./Tally.ts"

/** What somebody has asked for. */
export interface ImportOptions {
  readonly organizationId: OrganizationId
  readonly notImportedPath: string
  readonly isDryRun: boolean
}

/** A file that was checked, and is to be gone through. */
export interface ImportPlan extends ImportOptions {
  readonly kind: ImportReport["kind"]
  readonly source: SourceFile
  readonly digest: string
  readonly rows: number
  readonly header: ReadonlyArray<string> | undefined
  readonly meanings: Readonly<Record<string, string>>
}

/**
 * Goes through a file once, from where a run before was stopped; `work` accounts for its rows. A run that is stopped
 * keeps how far it is. Fails as FileChanged when `digestOfRead` is not what the file was checked with.
 */
export const throughFile = Effect.fnUntraced(function* <E, R>(
  plan: ImportPlan,
  work: (run: ImportRun) => Effect.Effect<void, E, R>,
  digestOfRead: () => string
) {
  const begunMs = yield* Clock.currentTimeMillis
  const { digest, header, kind, notImportedPath, organizationId, rows, source } = plan
  const fileName = source.name
  const run = yield* beginRun({ organizationId, kind, digest }, { fileName, notImportedPath, header })
  if (run.rowsBefore > 0) yield* Console.error(`Going on after row ${run.rowsBefore}, where a run was stopped.`)
  const counts = () => ({ rows: run.tally.rows, orders: run.tally.orders })
  yield* showingProgress(rows, counts, work(run)).pipe(
    Effect.onInterrupt(() =>
      Effect.andThen(
        Effect.ignoreCause(run.keep(false)),
        Console.error(`Stopped after row ${run.tally.rows} of ${rows}. Run the same command again to go on.`)
      )
    )
  )
  if (digestOfRead() !== digest) return yield* new FileChanged({ file: fileName })
  yield* run.keep(true)
  const spentMs = (yield* Clock.currentTimeMillis) - begunMs
  return reportOf(plan, { rowsBefore: run.rowsBefore, tally: run.tally.now, spentMs })
})

/** Goes through a file and counts what would be; only the list of rows that would not be imported is written. */
export const rehearsing = <E, R>(
  plan: ImportPlan,
  work: (count: { readonly tally: Tallying; readonly refuse: ImportRun["refuse"] }) => Effect.Effect<void, E, R>
) =>
  Effect.gen(function* () {
    const tally = new Tallying()
    const list = yield* openNotImported(plan.notImportedPath, plan.header)
    const refuse = (row: RowNotImported) => {
      tally.notImported(row.reason)
      list.add(row)
    }
    yield* work({ tally, refuse })
    yield* list.flush
    return reportOf(plan, { rowsBefore: 0, tally: tally.now, spentMs: 0 })
  }).pipe(Effect.scoped)

const reportOf = (
  { digest, isDryRun, kind, meanings, notImportedPath, organizationId, rows, source }: ImportPlan,
  done: Pick<ImportReport, "rowsBefore" | "tally" | "spentMs">
): ImportReport => ({
  kind,
  file: source.name,
  digest,
  organizationId,
  isDryRun,
  rowsInFile: rows,
  notImportedPath,
  meanings,
  ...done
})
