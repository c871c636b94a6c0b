import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { DatabaseConnection } from "../../src/embedded/index.ts"

const parse = (url: string) => DatabaseConnection.fromUrl(Redacted.make(url))
const plain = (url: string) =>
  Effect.map(parse(url), ({ password, ...rest }) => ({ ...rest, password: Redacted.value(password) }))

describe("a database URL", () => {
  it.effect("is read with everything in it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* plain("postgres://orders:s%40c%2Fr%3At@db.example.com:6432/or%20ders?sslmode=require"),
        {
          host: "db.example.com",
          port: 6432,
          database: "or ders",
          username: "orders",
          password: "s@c/r:t",
          ssl: "require"
        }
      )
      assert.deepStrictEqual(yield* plain("postgresql://u:p@[::1]/d"), {
        host: "::1",
        port: 5432,
        database: "d",
        username: "u",
        password: "p"
      })
    })
  )

  it.effect.each([
    "postgres://u:p@/d?host=/run/postgresql",
    "postgres://u:p@ignored/d?host=%2Frun%2Fpostgresql",
    "postgres://u:p@%2Frun%2Fpostgresql/d"
  ])("can name the directory of a socket: %s", (url) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* parse(url)).host, "/run/postgresql")
    })
  )

  it.effect.each([
    "mysql://u:hunter2@h/d",
    "postgres://u:hunter2#@h/d",
    "postgres://u:hunter2/@h/d",
    "postgres://u:hunter2%@h/d",
    "postgres://u:hunter2@h:99999/d",
    "postgres://u:hunter2@h/d?port=hunter2",
    "postgres://u:hunter2@h/",
    "postgres://:hunter2@h/d",
    "postgres://u:hunter2@/d",
    "postgres://u:hunter2@h/d?sslmode=hunter2",
    "postgres://u:hunter2@h/d?hunter2=1",
    "postgres://u:p@h/d#hunter2",
    "hunter2"
  ])("that is wrong is refused without showing anything of it: %s", (url) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(parse(url))
      assert.strictEqual(error._tag, "InvalidDatabaseUrl")
      assert.notInclude(`${error.message} ${String(error)} ${JSON.stringify(error)} ${error.stack}`, "hunter2")
    })
  )
})
