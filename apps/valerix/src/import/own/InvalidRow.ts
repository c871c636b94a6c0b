import type { CsvRow, JsonRow } from "../files/Rows.ts"
import type { RowNotImported } from "../NotImportedFile.ts"

/** A row with fields at fault: one line for all of them, which names the first as its field. */
export const invalidRow = (
  row: CsvRow | JsonRow,
  errors: ReadonlyArray<{ readonly field: string; readonly message: string }>
): RowNotImported => {
  const [first] = errors
  return {
    row,
    reason: "invalid",
    field: first?.field,
    message: errors.map(({ field, message }) => `${field} ${message}`).join("; ")
  }
}
