import { totalmem } from "node:os"
import { Effect } from "effect"
import { because, type EmbeddedServerError, SettingRefused } from "./EmbeddedServerError.ts"
import type { ServerEndpoint } from "./ServerEndpoint.ts"

const mebibyte = 1024 * 1024

/** What this process may use: the machine's memory, or the limit of its container where that is less. */
export const memoryBytes = (): number => {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

const between = (low: number, value: number, high: number) => Math.round(Math.min(Math.max(value, low), high))

/** One machine, one application, many short transactions and many small updates. */
const forMachine = (memory: number): Record<string, string> => {
  const megabytes = memory / mebibyte
  return {
    max_connections: "100",
    shared_buffers: `${between(32, megabytes / 8, 512)}MB`,
    effective_cache_size: `${between(64, megabytes / 2, 16_384)}MB`,
    work_mem: `${between(4, megabytes / 512, 16)}MB`,
    maintenance_work_mem: `${between(32, megabytes / 32, 256)}MB`,
    wal_buffers: "16MB",
    wal_compression: "on",
    min_wal_size: "256MB",
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    checkpoint_completion_target: "0.9",
    random_page_cost: "1.1",
    effective_io_concurrency: "32",
    jit: "off",
    // Parallel queries take shared memory from /dev/shm, which containers limit to 64 MB; short transactions need none.
    max_parallel_workers_per_gather: "0",
    max_parallel_maintenance_workers: "0",
    huge_pages: "off",
    autovacuum_naptime: "15s",
    autovacuum_vacuum_scale_factor: "0.05",
    autovacuum_vacuum_insert_scale_factor: "0.1",
    autovacuum_analyze_scale_factor: "0.05",
    autovacuum_vacuum_cost_limit: "1000",
    client_connection_check_interval: "5s",
    password_encryption: "scram-sha-256",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "off",
    log_destination: "stderr",
    log_min_messages: "warning",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] %q%u@%d "
  }
}

/** What a committed transaction rests on. Given on the command line, where no file and no ALTER SYSTEM can change it. */
export const durability = { fsync: "on", full_page_writes: "on", synchronous_commit: "on" } as const

const reserved = new Map<string, string>([
  ...Object.keys(durability).map((name): [string, string] => [name, "a committed transaction must survive a crash"]),
  ...[
    "listen_addresses",
    "port",
    "unix_socket_directories",
    "unix_socket_permissions",
    "data_directory",
    "config_file",
    "hba_file",
    "ident_file",
    "external_pid_file",
    "password_encryption",
    "logging_collector",
    "log_destination",
    "include",
    "include_dir",
    "include_if_exists"
  ].map((name): [string, string] => [name, "the embedded server sets it itself"])
])

const refusal = (name: string, value: string): string | undefined => {
  if (!/^[a-z][a-z0-9_.]*$/i.test(name)) return "its name is not one of a PostgreSQL setting"
  if (/[\r\n\0]/.test(value)) return "its value has a line break"
  return reserved.get(name.toLowerCase())
}

/**
 * The server's configuration file: sizes for this machine's memory, then the caller's settings, then where to listen.
 * Fails with `SettingRefused` on a setting that is the embedded server's own or would give up durability.
 */
export const serverSettings = Effect.fnUntraced(function* (
  endpoint: ServerEndpoint,
  settings: Readonly<Record<string, string>>,
  memory: number
): Effect.fn.Return<string, EmbeddedServerError> {
  for (const [name, value] of Object.entries(settings)) {
    const detail = refusal(name, value)
    if (detail !== undefined) return yield* because(new SettingRefused({ setting: name, detail }))
  }
  const all = {
    ...forMachine(memory),
    ...settings,
    port: String(endpoint.port),
    listen_addresses: endpoint.socketDirectory === undefined ? endpoint.host : "",
    unix_socket_directories: endpoint.socketDirectory ?? "",
    unix_socket_permissions: "0700"
  }
  const lines = Object.entries(all).map(
    ([name, value]) => `${name} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`
  )
  return ["# Written by Valerix on every start; changes here are lost.", ...lines, ""].join("\n")
})
