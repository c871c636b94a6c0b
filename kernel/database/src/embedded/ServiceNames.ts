import { Effect } from "effect"
import { because, type EmbeddedServerError, InvalidServiceName } from "./EmbeddedServerError.ts"

const form = /^[a-z][a-z0-9_]{0,39}$/
const taken = new Set(["postgres", "template0", "template1", "public", "none"])

/** Names become databases and logins, quoted but never escaped, so nothing else than plain names passes. */
export const validateServices = (services: ReadonlyArray<string>): Effect.Effect<void, EmbeddedServerError> => {
  const invalid = services.find(
    (service, index) =>
      !form.test(service) || taken.has(service) || service.startsWith("pg_") || services.indexOf(service) !== index
  )
  return invalid === undefined ? Effect.void : Effect.fail(because(new InvalidServiceName({ service: invalid })))
}
