/** Whose request it is: of the two organizations that the fuzzer acts for, or of the demo organization. */
export type Caller = "own" | "other" | "demo"
