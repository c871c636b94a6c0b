import { layerApi, layerServer } from "@valerix/http"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { HttpServer } from "effect/http"
import { PaymentsApi, PaymentsInternalApi, PaymentsShortApi } from "../../../src/contract/index.ts"
import {
  layerPaymentsHandlers,
  layerPaymentsInternalHandlers,
  layerPaymentsShortHandlers
} from "../../../src/Payments.ts"
import { makeOrganizationId, testPayments } from "../../TestPayments.ts"

/** The service as it runs alone: both APIs on a free port, on databases of its own. */
export const testServer = () =>
  layerServer(
    Layer.mergeAll(
      layerApi(PaymentsApi, layerPaymentsHandlers),
      layerApi(PaymentsInternalApi, layerPaymentsInternalHandlers)
    ),
    { service: "payments", port: 0 }
  ).pipe(Layer.provideMerge(testPayments()))

/** Payments in their shortest form, on a port of their own. */
export const testShortServer = () =>
  layerServer(layerApi(PaymentsShortApi, layerPaymentsShortHandlers), { service: "payments", port: 0 }).pipe(
    Layer.provideMerge(testPayments())
  )

const readJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

/** A client of one organization. Answers with status and body. */
export const client = Effect.fnUntraced(function* (organizationId: OrganizationId = makeOrganizationId()) {
  const base = yield* HttpServer.addressFormattedWith(Effect.succeed)
  const send = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const response = yield* Effect.promise(() =>
      fetch(`${base}${path}`, {
        method,
        headers: { "x-organization-id": organizationId, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
    )
    const text = yield* Effect.promise(() => response.text())
    return { status: response.status, body: yield* Effect.orDie(readJson(text)) }
  })
  return {
    organizationId,
    get: (path: string) => send("GET", path),
    post: (path: string, body: unknown) => send("POST", path, body)
  }
})

/** The status and the code of an answer that is a problem. */
export const codeOf = ({
  body,
  status
}: {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}) => [status, body["code"]]

const readRows = Schema.decodeUnknownSync(Schema.Array(Schema.Record(Schema.String, Schema.Unknown)))

/** The objects of a list in an answer. */
export const rowsOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }, member: string) =>
  readRows(body[member])
