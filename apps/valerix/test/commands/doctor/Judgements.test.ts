import { assert, describe, it } from "@effect/vitest"
import { GIBIBYTE, MEBIBYTE } from "../../../src/commands/doctor/Bytes.ts"
import { judgeSkew } from "../../../src/commands/doctor/database/ClockCheck.ts"
import { judgeLimits } from "../../../src/commands/doctor/database/ConnectionLimitCheck.ts"
import { judgeServer } from "../../../src/commands/doctor/database/ServerCheck.ts"
import { judgeSettings } from "../../../src/commands/doctor/database/SettingsCheck.ts"
import { type Said, worstOf } from "../../../src/commands/doctor/Finding.ts"
import { judgeDisk } from "../../../src/commands/doctor/machine/DiskCheck.ts"
import { judgeMemory } from "../../../src/commands/doctor/machine/MemoryCheck.ts"
import { judgeNode } from "../../../src/commands/doctor/machine/NodeCheck.ts"
import { judgeOpenFiles } from "../../../src/commands/doctor/machine/OpenFilesCheck.ts"

/** Whatever is not well is said with what to do. */
const resultOf = (said: Said | ReadonlyArray<Said>) => {
  const all = [said].flat()
  for (const { advice, result } of all) assert.strictEqual(advice !== null, result === "WARN" || result === "FAIL")
  return worstOf(all)
}

const disk = { freeBytes: 50 * GIBIBYTE, totalBytes: 100 * GIBIBYTE, freeInodes: 90, totalInodes: 100 }
const sound = new Map([
  ["fsync", "on"],
  ["full_page_writes", "on"],
  ["synchronous_commit", "on"],
  ["autovacuum", "on"],
  ["track_counts", "on"],
  ["wal_level", "replica"],
  ["max_wal_size", "4096"],
  ["lock_timeout", "1500"],
  ["statement_timeout", "10000"],
  ["idle_in_transaction_session_timeout", "15000"]
])
const server = { version: "18.1", major: 18, is_standby: false, connections_max: 97, connections: 11 }

describe("what doctor finds", () => {
  it.each([
    ["a disk with room", judgeDisk("/d", disk), "OK"],
    [
      "a large disk that is nearly full",
      judgeDisk("/d", { ...disk, freeBytes: 10 * GIBIBYTE, totalBytes: 4_000 * GIBIBYTE }),
      "WARN"
    ],
    ["a disk with little room", judgeDisk("/d", { ...disk, freeBytes: GIBIBYTE }), "WARN"],
    ["a disk that is full", judgeDisk("/d", { ...disk, freeBytes: 10 * MEBIBYTE }), "FAIL"],
    ["few inodes", judgeDisk("/d", { ...disk, freeInodes: 3 }), "WARN"],
    ["no inode", judgeDisk("/d", { ...disk, freeInodes: 0 }), "FAIL"],
    ["a disk that does not count inodes", judgeDisk("/d", { ...disk, freeInodes: 0, totalInodes: 0 }), "OK"],
    ["memory", judgeMemory(4 * GIBIBYTE, 8 * GIBIBYTE), "OK"],
    ["little memory", judgeMemory(300 * MEBIBYTE, 8 * GIBIBYTE), "WARN"],
    ["no memory", judgeMemory(30 * MEBIBYTE, 8 * GIBIBYTE), "FAIL"],
    ["Node.js 24 within, 20 without", judgeNode("24.21.0", "v20.1.0"), "OK"],
    ["Node.js 24 alone", judgeNode("24.21.0", undefined), "OK"],
    ["another Node.js within", judgeNode("22.1.0", "v22.1.0"), "WARN"],
    ["an old Node.js without", judgeNode("24.21.0", "v18.20.0"), "FAIL"],
    ["many open files", judgeOpenFiles("unlimited"), "OK"],
    ["some open files", judgeOpenFiles("1024"), "WARN"],
    ["hardly any open files", judgeOpenFiles("64"), "FAIL"],
    ["clocks that agree", judgeSkew(300, 10), "OK"],
    ["clocks that may agree: it took long to ask", judgeSkew(2_500, 2_000), "OK"],
    ["a clock behind", judgeSkew(-5_000, 10), "WARN"],
    ["a clock far ahead", judgeSkew(120_000, 10), "FAIL"],
    ["no limits of connections", judgeLimits({ login: "l", of_login: -1, of_database: -1 }), "OK"],
    ["a login with few connections", judgeLimits({ login: "l", of_login: 5, of_database: -1 }), "WARN"],
    ["a server", judgeServer(server, 5), "OK"],
    ["a server that is too old", judgeServer({ ...server, major: 14 }, 5), "FAIL"],
    ["a standby", judgeServer({ ...server, is_standby: true }, 5), "FAIL"],
    ["few connections", judgeServer({ ...server, connections_max: 20 }, 5), "WARN"],
    ["connections that are used up", judgeServer({ ...server, connections: 95 }, 5), "WARN"],
    ["settings as they should be", judgeSettings(sound), "OK"],
    ["fsync off", judgeSettings(new Map([...sound, ["fsync", "off"]])), "FAIL"],
    ["full_page_writes off", judgeSettings(new Map([...sound, ["full_page_writes", "off"]])), "FAIL"],
    ["synchronous_commit off", judgeSettings(new Map([...sound, ["synchronous_commit", "off"]])), "FAIL"],
    ["synchronous_commit local", judgeSettings(new Map([...sound, ["synchronous_commit", "local"]])), "WARN"],
    ["autovacuum off", judgeSettings(new Map([...sound, ["autovacuum", "off"]])), "WARN"],
    ["wal_level minimal", judgeSettings(new Map([...sound, ["wal_level", "minimal"]])), "WARN"],
    ["a small max_wal_size", judgeSettings(new Map([...sound, ["max_wal_size", "64"]])), "WARN"],
    [
      "sessions without limits",
      judgeSettings(new Map([...sound, ["idle_in_transaction_session_timeout", "0"]])),
      "WARN"
    ]
  ] as const)("of %s is judged", (_, said, expected) => {
    assert.strictEqual(resultOf(said), expected)
  })
})
