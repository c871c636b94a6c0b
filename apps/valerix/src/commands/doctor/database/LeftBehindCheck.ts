import { rowsOf } from "@valerix/database"
import { Effect, Schema } from "effect"
import { spanText } from "../../../terminal/Spans.ts"
import { onOneLine } from "../../../terminal/Text.ts"
import { bytesText } from "../Bytes.ts"
import { check } from "../Check.ts"
import { ok, warn } from "../Finding.ts"
import type { Sessions } from "./LookedAt.ts"

const LONG_MS = 60_000
const LISTED_MAX = 10

const slotsOf = rowsOf(Schema.Struct({ name: Schema.String, kept_bytes: Schema.Number }))
const preparedOf = rowsOf(Schema.Struct({ gid: Schema.String, database: Schema.String, age_ms: Schema.Number }))

/** What is left behind on a server and keeps what is dead, or the write-ahead log, until somebody removes it. */
export const leftBehindCheck = (subject: string, { asObserver: sql }: Sessions) =>
  check(
    "left_behind",
    subject,
    Effect.gen(function* () {
      const slots = yield* slotsOf(sql`
        SELECT slot_name::text AS name, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 AS kept_bytes
        FROM pg_replication_slots
        WHERE NOT active AND NOT pg_is_in_recovery() AND (restart_lsn IS NOT NULL OR xmin IS NOT NULL OR catalog_xmin IS NOT NULL)
        ORDER BY kept_bytes DESC LIMIT ${LISTED_MAX}::int`)
      const prepared = yield* preparedOf(sql`
        SELECT gid, database::text, extract(epoch FROM clock_timestamp() - prepared)::float8 * 1000 AS age_ms
        FROM pg_prepared_xacts WHERE prepared < clock_timestamp() - ${LONG_MS} * interval '1 ms'
        ORDER BY prepared LIMIT ${LISTED_MAX}::int`)
      const said = [
        ...slots.map(({ kept_bytes, name }) =>
          warn(
            `nobody reads the replication slot ${onOneLine(name)}, which keeps ${bytesText(kept_bytes)} of the write-ahead log`,
            `It keeps more and more, until the disk is full. Start its standby, or SELECT pg_drop_replication_slot('${onOneLine(name)}')`
          )
        ),
        ...prepared.map(({ age_ms, database, gid }) =>
          warn(
            `the transaction ${onOneLine(gid)} on ${database} is prepared for ${spanText(age_ms)}, and neither committed nor rolled back`,
            `It holds its locks and what is dead. On ${database}: ROLLBACK PREPARED '${onOneLine(gid)}', or COMMIT PREPARED`
          )
        )
      ]
      return said.length === 0 ? ok("no replication slot and no prepared transaction is left behind") : said
    })
  )
