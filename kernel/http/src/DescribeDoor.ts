import { Context } from "effect"
import type { HttpApi } from "effect/http-api"

/** TODO */
export const describeDoor = (_api: HttpApi.Constraint) => Context.empty()
