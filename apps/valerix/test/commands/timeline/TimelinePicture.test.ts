import { stripVTControlCharacters } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import type { TimelineEntry } from "@valerix/checkout"
import { timelinePicture } from "../../../src/commands/timeline/TimelinePicture.ts"

const BEGUN_MS = Date.parse("2026-01-01T12:00:00.000Z")
const at = (ms: number) => new Date(BEGUN_MS + ms)

const tried = (
  step: string,
  attempt: number,
  outcome: TimelineEntry["outcome"],
  endedMs: number,
  durationMs: number,
  detail?: string
): TimelineEntry => ({
  step,
  attempt,
  outcome,
  detail,
  durationMs,
  epoch: 1,
  principal: undefined,
  recordedAt: at(endedMs)
})

const intervened = (step: string, outcome: TimelineEntry["outcome"], ms: number, detail: string): TimelineEntry => ({
  ...tried(step, 0, outcome, ms, 0, detail),
  principal: "cli:ada"
})

const story: ReadonlyArray<TimelineEntry> = [
  tried("authorize", 1, "DONE", 12, 12),
  tried("create", 1, "DONE", 20, 4),
  tried("reserve", 1, "DONE", 28, 6),
  tried("capture", 1, "UNAVAILABLE", 2_030, 2_000, "no answer in 2000 ms"),
  tried("capture", 2, "UNAVAILABLE", 5_040, 2_000, "no answer in 2000 ms"),
  intervened(
    "capture",
    "PARKED",
    6_000,
    "The bank is down until tomorrow morning at the earliest, so nobody needs to try it again before that"
  ),
  intervened("capture", "RESUMED", 7_206_000, "The bank is back"),
  tried("capture", 1, "DONE", 7_206_100, 90),
  tried("confirm", 1, "DONE", 7_206_110, 5)
]

const plain = { columns: 80, isColoured: false }
const ended = { atMs: BEGUN_MS + 8_000_000, says: undefined }

describe("the picture of a timeline", () => {
  it("shows attempts as bars on an axis, waits between them, and who intervened and why", () => {
    assert.strictEqual(
      `\n${timelinePicture(story, ended, plain).join("\n")}\n`,
      `
      +0 ms authorize 1    █                            ✓ DONE            12 ms
     +16 ms create 1         █                          ✓ DONE             4 ms
     +22 ms reserve 1         █                         ✓ DONE             6 ms
     +30 ms capture 1          ███                      ? UNAVAILABLE     2.0 s
              no answer in 2000 ms
     +2.0 s                       ···                   waits 1.0 s
     +3.0 s capture 2                ███                ? UNAVAILABLE     2.0 s
              no answer in 2000 ms
     +5.0 s                             ···             waits 960 ms
     +6.0 s capture                        ◆            ◆ PARKED
              by cli:ada: The bank is down until tomorrow morning at the
              earliest, so nobody needs to try it again before that
     +6.0 s                                ·······      waits 2 h
       +2 h capture                               ◆     ◆ RESUMED
              by cli:ada: The bank is back
       +2 h capture 1                              ██   ✓ DONE            90 ms
       +2 h confirm 1                                █  ✓ DONE             5 ms
`
    )
  })

  it("says what an order that has not ended does since its last entry", () => {
    const lines = timelinePicture(story.slice(0, 6), { atMs: BEGUN_MS + 3_606_000, says: "parked" }, plain)
    assert.match(lines.at(-1) ?? "", /^ {5}\+6\.0 s +·+ +parked 1 h$/)
  })

  it.each([80, 100, 160])("fits into %i columns, whatever was said", (columns) => {
    const long = "x".repeat(500)
    const entries = [
      ...story,
      intervened("capture", "TURNED_BACK", 7_300_000, `${long} ${long}`),
      tried("a step with a very long name", 1_000, "UNAVAILABLE", 900_000_000, 800_000_000, "ümlaut 🫖 ".repeat(40))
    ]
    for (const present of [ended, { atMs: BEGUN_MS + 1e12, says: "in no queue" }]) {
      for (const line of timelinePicture(entries, present, { columns, isColoured: false })) {
        assert.isAtMost([...line].length, columns, line)
      }
    }
  })

  it("has colours only where they are wanted, and says the same without", () => {
    const paper = timelinePicture(story, ended, plain)
    const screen = timelinePicture(story, ended, { ...plain, isColoured: true })
    assert.deepStrictEqual(paper.map(stripVTControlCharacters), paper)
    assert.notDeepEqual(screen, paper)
    assert.deepStrictEqual(
      screen.map((line) => stripVTControlCharacters(line).trimEnd()),
      paper
    )
  })

  it("lets nothing that was said change the terminal", () => {
    const hostile = "\u001b[2J\u001b]0;owned\u0007a\nb\u202ec\r\u0000"
    const entries = [intervened("capture", "PARKED", 10, hostile), tried("capture", 1, "UNAVAILABLE", 20, 5, hostile)]
    for (const line of timelinePicture(entries, ended, plain)) assert.notMatch(line, /[\p{Cc}\p{Cf}]/u)
  })

  it("leaves the middle of a very long story out, and says how much", () => {
    const entries = Array.from({ length: 1_000 }, (_, index) =>
      tried("confirm", index + 1, "UNAVAILABLE", index * 64_000, 2_000, "no answer")
    )
    const lines = timelinePicture(entries, ended, plain)
    assert.isBelow(lines.length, 400)
    assert.isTrue(lines.some((line) => line.includes("900 entries left out")))
    assert.isTrue(lines.some((line) => line.includes("confirm 1000")))
  })

  it("draws nothing of nothing", () => {
    assert.deepStrictEqual(timelinePicture([], { atMs: BEGUN_MS, says: "authorizing" }, plain), [])
  })
})
