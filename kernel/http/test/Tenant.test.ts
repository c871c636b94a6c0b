import { expect, layer } from "@effect/vitest"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Effect } from "effect"
import { layerExample } from "./ExampleService.ts"
import { send } from "./Exchange.ts"

layer(layerExample(), { excludeTestServices: true })("the tenant of a request", (it) => {
  const organization = "01900000-0000-7000-8000-00000000abcd"

  it.effect("is the organization that the header names", () =>
    Effect.gen(function* () {
      for (const name of [organization, organization.toUpperCase()]) {
        const { json } = yield* send("/api/v1/tenant", { headers: { "X-Organization-ID": name } })
        expect(json).toEqual({ organization_id: organization, principal: "local" })
      }
    })
  )

  it.effect("is the demo organization when no header names one", () =>
    Effect.gen(function* () {
      const { json } = yield* send("/api/v1/tenant")
      expect(json["organization_id"]).toBe(DEMO_ORGANIZATION_ID)
    })
  )

  it.effect("must be a UUID version 7", () =>
    Effect.gen(function* () {
      for (const name of ["acme", "", "7c9e6679-7425-40de-944b-e07fc1f90ae7", `${organization}, ${organization}`]) {
        const { status, json } = yield* send("/api/v1/tenant", { headers: { "X-Organization-ID": name } })
        expect(status).toBe(400)
        expect(json["errors"]).toEqual([{ field: "header X-Organization-ID", message: "must be a UUID version 7" }])
      }
    })
  )
})
