import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** A file that is imported, by what is in it. */
export interface ImportedFile {
  readonly organizationId: OrganizationId
  readonly kind: "retail" | "orders" | "products"
  /** SHA-256 of the uncompressed content, in hexadecimal digits. */
  readonly digest: string
}

/** How far a run has come: the first so many rows are accounted for, as the tally says. */
export interface ImportPosition {
  readonly rowsDone: number
  readonly tally: unknown
}

/** How far the imports of files have come. Keys make every order once; this only spares a run what was done before. */
export class ImportProgress extends Context.Service<
  ImportProgress,
  {
    /**
     * Makes a run the one that is at the file. Gives where the run before it was stopped; none where there was no other,
     * or it came to its end.
     */
    readonly begin: (
      file: ImportedFile,
      run: { readonly runId: string; readonly fileName: string }
    ) => Effect.Effect<ImportPosition | undefined>
    /** Keeps how far a run has come. False when another run is at the file now: then nothing is kept. */
    readonly save: (
      file: ImportedFile,
      runId: string,
      position: ImportPosition & { readonly isFinished: boolean }
    ) => Effect.Effect<boolean>
  }
>()("@valerix/checkout/ImportProgress") {}
