import { createHash } from "node:crypto"
import { Layer } from "effect"
import { RequestDigest } from "../application/ports/RequestDigest.ts"

export const RequestDigestSha256 = Layer.succeed(RequestDigest, {
  of: (canonical) => createHash("sha256").update(canonical).digest("hex")
})
