import { Data } from "effect"

/** A promise is broken, or the program does something that it never should. */
export class CampaignFailed extends Data.TaggedError("CampaignFailed")<{ readonly findings: ReadonlyArray<string> }> {
  override get message(): string {
    return this.findings.join("\n")
  }
}
