import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import { openSession, type SessionFailed } from "../../src/embedded/PostgresSession.ts"

/** Two pairs with one of everything that a migration usually makes. */
export const shop = {
  "0001.do.create_products.sql": `
    CREATE TYPE product_status AS ENUM ('ACTIVE', 'RETIRED');
    CREATE TABLE product (
      id uuid PRIMARY KEY,
      organization_id uuid NOT NULL,
      sku text NOT NULL CHECK (sku <> ''),
      status product_status NOT NULL DEFAULT 'ACTIVE',
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (organization_id, sku)
    );
    ALTER TABLE product ENABLE ROW LEVEL SECURITY;
    ALTER TABLE product FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON product USING (organization_id::text = current_setting('valerix.organization'));
    GRANT SELECT, INSERT, UPDATE (status) ON product TO orders_service;
    COMMENT ON TABLE product IS 'What can be sold';`,
  "0001.undo.create_products.sql": "DROP TABLE product; DROP TYPE product_status;",
  "0002.do.add_audit.sql": `
    CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product_id uuid REFERENCES product);
    CREATE INDEX audit_by_product ON audit (product_id) WHERE product_id IS NOT NULL;
    CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO audit (product_id) VALUES (NEW.id);
      RETURN NEW;
    END $$;
    CREATE TRIGGER noted AFTER INSERT ON product FOR EACH ROW EXECUTE FUNCTION note_change();`,
  "0002.undo.add_audit.sql": "DROP TRIGGER noted ON product; DROP FUNCTION note_change(); DROP TABLE audit;"
}

/** A folder with these files, gone when the scope closes. Its name has what a file pattern could trip over. */
export const directoryWith = (files: Readonly<Record<string, string>>): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const directory = await mkdtemp(join(tmpdir(), "valerix-[migrations]-"))
      for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
      return directory
    }),
    (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
  )

export const ask = (
  as: "owner" | "service",
  sql: string
): Effect.Effect<ReadonlyArray<unknown>, SessionFailed, EmbeddedServer> =>
  Effect.flatMap(EmbeddedServer, (server) =>
    Effect.scoped(Effect.flatMap(openSession(server.connection("orders", as), "test"), (session) => session.run(sql)))
  )

/** The database as it was before its first migration. */
export const emptyDatabase = Effect.gen(function* () {
  const server = yield* EmbeddedServer
  yield* ask(
    "owner",
    "DROP SCHEMA IF EXISTS forgotten; DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO orders_service"
  )
  return { owner: server.connection("orders", "owner"), service: server.connection("orders", "service") }
})
