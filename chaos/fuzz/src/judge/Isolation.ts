import type { World } from "../world/World.ts"
import { type Broken, isRefusal, type Judged } from "./Judged.ts"

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g

/** Nobody is told of what belongs to another organization, also when he names it. */
export const isolation =
  (world: World) =>
  ({ exchange, request }: Judged): ReadonlyArray<Broken> => {
    const isAsAnother = request.headers.filter(([name]) => name.toLowerCase() === "x-organization-id").length > 1
    if (isAsAnother) return []
    return exchange.answers
      .filter((answer) => !isRefusal(answer))
      .flatMap((answer) => {
        const found = answer.body.toString("latin1").match(ID) ?? []
        const foreign = [...new Set(found)].find((id) => {
          const owner = world.ownerOf(id)
          return owner !== undefined && owner !== world.callerOf(request)
        })
        return foreign === undefined ? [] : [{ rule: "isolation", why: `${foreign} belongs to another organization` }]
      })
  }
