import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { layerExample } from "./ExampleService.ts"
import { send } from "./Exchange.ts"

const LIST = "/api/v1/orders"
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

layer(layerExample(), { excludeTestServices: true })("a list", (it) => {
  it.effect("is walked from page to page until there is no next one", () =>
    Effect.gen(function* () {
      const sizes: Array<number> = []
      let cursor: unknown = ""
      while (cursor !== null) {
        const query = cursor === "" ? "?limit=2" : `?limit=2&cursor=${cursor}`
        const { json } = yield* send(`${LIST}${query}`)
        sizes.push(Array.isArray(json["data"]) ? json["data"].length : -1)
        cursor = json["next_cursor"]
      }
      expect(sizes).toEqual([2, 1])
    })
  )

  it.effect("has no next page when the last item just fits", () =>
    Effect.gen(function* () {
      const { json } = yield* send(`${LIST}?limit=3`)
      expect(json["next_cursor"]).toBeNull()
      expect(json["data"]).toHaveLength(3)
    })
  )

  it.effect("gives 20 items by default, 1 at least and 100 at most", () =>
    Effect.gen(function* () {
      expect((yield* send(LIST)).status).toBe(200)
      expect((yield* send(`${LIST}?limit=1`)).status).toBe(200)
      expect((yield* send(`${LIST}?limit=100`)).status).toBe(200)
      for (const limit of ["0", "101", "1.5", "many", ""]) {
        const { status, json } = yield* send(`${LIST}?limit=${limit}`)
        expect(status).toBe(400)
        expect(json["errors"]).toMatchObject([{ field: "query limit" }])
      }
    })
  )

  it.effect("refuses a cursor that it did not give", () =>
    Effect.gen(function* () {
      const id = "01900000-0000-7000-8000-00000000000a"
      expect((yield* send(`${LIST}?cursor=${encoded(["0", id])}`)).status).toBe(200)
      for (const cursor of [
        "",
        "%00",
        "!!",
        encoded(["0"]),
        encoded(["0", "x"]),
        encoded(["0", id, 1]),
        encoded(["\u0000", id]),
        encoded(["\ud800", id]),
        Buffer.from("[".repeat(700)).toString("base64url"),
        "x".repeat(1_001)
      ]) {
        const { status, json } = yield* send(`${LIST}?cursor=${cursor}`)
        expect(status).toBe(400)
        expect(json["errors"]).toContainEqual(expect.objectContaining({ field: "query cursor" }))
      }
    })
  )
})
