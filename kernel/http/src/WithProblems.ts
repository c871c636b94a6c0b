import { Context } from "effect"
import { HttpApi, type HttpApiGroup } from "effect/http-api"
import { RequestChecks } from "./RequestChecks.ts"
import { LENIENT, STRICT } from "./StrictParsing.ts"

const parsing = Context.empty().pipe(
  Context.add(HttpApi.ParamsParseOptions, LENIENT),
  Context.add(HttpApi.HeadersParseOptions, LENIENT),
  Context.add(HttpApi.QueryParseOptions, STRICT),
  Context.add(HttpApi.PayloadParseOptions, STRICT)
)

/**
 * Finishes a contract, as the last step after all groups: unknown body and query fields are refused, all fields at
 * fault are reported at once, and every endpoint declares the problems that any request can meet.
 */
export const withProblems = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): HttpApi.HttpApi<Id, HttpApiGroup.AddMiddleware<Groups, RequestChecks>> =>
  api.middleware(RequestChecks).annotateMerge(parsing)
