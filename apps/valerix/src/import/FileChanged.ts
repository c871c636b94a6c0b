import { Data } from "effect"

/** A file is not any more what it was when it was checked. */
export class FileChanged extends Data.TaggedError("FileChanged")<{ readonly file: string }> {
  override get message(): string {
    return `${this.file} changed while it was imported. What was read by then is imported; run it again for what it holds now.`
  }
}
