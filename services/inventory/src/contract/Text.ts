import { Schema } from "effect"

/** Free text of a caller that the database can hold: at most so many characters, and no NUL. */
export const text = (charactersMax: number) =>
  Schema.String.check(
    Schema.isMaxCodePoints(charactersMax, { expected: `at most ${charactersMax} characters` }),
    Schema.makeFilter((value: string) => !value.includes("\u0000") || "must not contain the character NUL")
  )
