import { availableParallelism, loadavg } from "node:os"
import type { CampaignEnd } from "./Campaign.ts"
import type { Folder } from "./Folder.ts"
import { BOUNDARIES } from "./program/Operations.ts"
import { LEASE_MS, SHORT_SETTINGS } from "./program/ShortLeases.ts"
import { markdownTable, recoverySentences, rowsOf } from "./Table.ts"

/** What came of a campaign, as a page for the documentation. */
export const markdownReport = (folder: Folder, end: CampaignEnd): string => {
  const cycles = folder.cycles()
  const { kills, seed } = folder.settings
  const minutes = cycles.reduce((sum, { tookMs }) => sum + tookMs, 0) / 60_000
  const looks = cycles.reduce((sum, one) => sum + one.looks, 0)
  const load = (loadavg()[2] ?? 0).toFixed(1)
  const rows = rowsOf(cycles)
  const least = Math.min(...rows.slice(0, BOUNDARIES.length).map((row) => row.kills))
  const size =
    least > 0
      ? `Every boundary was struck at least ${least} times.`
      : `A full campaign is 2,000 kills, and strikes every boundary at least 20 times; in this one ${rows.filter((row) => row.kills === 0).length} had no turn.`
  const ends = [...end.ends].map(([status, count]) => `${count} ${status}`).join(", ")
  const settings = Object.entries(SHORT_SETTINGS).map(([name, value]) => `\`${name}=${value}\``)
  return `# What happens when it is killed

\`npm run crash -- --kills ${kills} --seed ${seed}\` killed the program, and what it stands on, ${cycles.length} times in
${minutes.toFixed(0)} minutes, while customers of ${end.organizations} organizations ordered: products that run out, cards that are declined,
cancellations, requests that are sent twice, orders of many lines. Written by that run (\`--table\`), on ${availableParallelism()} cores
that had load, PostgreSQL and whatever else ran to serve as well (load average over 15 minutes: ${load}). ${size}

- ${end.orders} orders were answered with 2xx (${ends}). Each was in a journal on the disk before it counted, exists, has
  ended, and is what its key gives again.
- The promises 1 to 5 were looked at ${looks} times meanwhile, and never found broken.
- At the end: \`${end.verified}\`
- By the provider's own books ${end.completed} completed orders were captured once each, what is kept is their total, and nothing
  else is captured or held.

${recoverySentences(cycles)
  .split("\n")
  .map((sentence) => `- ${sentence}`)
  .join("\n")}

A kill is \`kill -9\` of the whole program, just before or after it does what the row names; "not reached" means that the load
did not get there within 12 s, and the program was killed wherever it was. "Orders delayed" had been accepted, were
unfinished when it was struck, and ended afterwards. Times are median and longest. They count from the start of the new
process (from the end of the fault, where the program lives); kills that strike before the program has recovered from the
last one have none.

So that thousands of kills fit into an hour, the campaign's program takes orders over sooner than the shipped one: ${settings.join(", ")}
instead of 5000, 1000,4000,16000,64000 and 2000, and leases of ${LEASE_MS / 1_000} s instead of 8 s, at the edge and in the
orchestrator, swept every 100 ms instead of every second. For the shipped program add 6 s to the last column. The provider leaves one
request in twenty unanswered.

${markdownTable(cycles)}
`
}
