import { layer } from "@effect/vitest"
import { Effect } from "effect"
import { PaymentsCommands } from "../src/contract/index.ts"
import { aPayment, makeOrganizationId, testPayments } from "./TestPayments.ts"
layer(testPayments(), { excludeTestServices: true })("bench", (it) => {
  it.effect("x", () => Effect.gen(function* () {
    const { authorize, capture, settle } = yield* PaymentsCommands
    const organizationId = makeOrganizationId()
    for (let r = 0; r < 12; r++) {
      const v = Array.from({ length: 256 }, () => aPayment({ organizationId }))
      const t0 = performance.now(); const c0 = process.cpuUsage()
      const a = yield* authorize(v)
      const t1 = performance.now(); const c1 = process.cpuUsage(c0)
      const c = yield* capture(v.map((p) => ({ ...p, epoch: 1 })))
      const t2 = performance.now()
      if (a.some((o) => o._tag !== "Authorized") || c.some((o) => o._tag !== "Done")) console.log("bad", a[0], c[0])
      let s = 0
      if (r === 11) { const b = performance.now(); yield* settle(v.map((p) => ({ ...p, epoch: 2 }))); s = performance.now() - b }
      console.log(r, "authorize", (t1 - t0).toFixed(1), "cpu", ((c1.user + c1.system) / 1000).toFixed(1), "capture", (t2 - t1).toFixed(1), "settle", s.toFixed(1))
    }
  }), 120000)
})
