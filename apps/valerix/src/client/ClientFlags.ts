import { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Option, Schema } from "effect"
import { Flag } from "effect/cli"
import { UsageError } from "../terminal/ExitCodes.ts"

const PORT_DEFAULT = 8_080

const HttpUrl = Schema.String.check(
  Schema.makeFilter((text) => isHttpUrl(text) || "must be a URL such as http://127.0.0.1:8080")
)

const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol) && new URL(text).search === ""

/** Which Valerix is asked, and for whom. */
export const clientFlags = {
  url: Flag.String("url").pipe(
    Flag.withSchema(HttpUrl),
    Flag.withDescription("Where Valerix is; VALERIX_URL, or http://127.0.0.1 with PORT (8080), otherwise"),
    Flag.optional
  ),
  organization: Flag.String("organization").pipe(
    Flag.withSchema(OrganizationId),
    Flag.withDescription("The organization to act for; the demo organization otherwise"),
    Flag.optional
  )
}

export interface ClientFlags {
  readonly url: Option.Option<string>
  readonly organization: Option.Option<OrganizationId>
}

/** Which Valerix is meant. Fails as wrong usage where neither flag nor environment says it. */
export const urlOf = ({ url }: ClientFlags): Effect.Effect<string, UsageError> =>
  Effect.suspend(() => {
    const given = Option.getOrUndefined(url) ?? fromEnvironment("VALERIX_URL")
    if (given !== undefined) {
      return isHttpUrl(given)
        ? Effect.succeed(given.replace(/\/+$/, ""))
        : Effect.fail(new UsageError({ message: "VALERIX_URL must be a URL such as http://127.0.0.1:8080" }))
    }
    const port = fromEnvironment("PORT") ?? String(PORT_DEFAULT)
    return /^[1-9]\d{0,4}$/.test(port) && Number(port) < 65_536
      ? Effect.succeed(`http://127.0.0.1:${port}`)
      : Effect.fail(
          new UsageError({ message: "PORT does not say where Valerix is: say it with --url or VALERIX_URL." })
        )
  })

/** A URL, or a text with URLs in it, as it is told in messages: without who has asked, and their password. */
export const withoutPassword = (text: string): string => text.replaceAll(/(https?:\/\/)[^\s/@]*@/gi, "$1")

const fromEnvironment = (name: string): string | undefined => {
  const value = process.env[name]?.trim()
  return value === "" ? undefined : value
}
