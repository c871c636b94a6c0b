import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto"
import { promisify } from "node:util"
import { Redacted } from "effect"

const iterationsDefault = 4096
const keyBytes = 32
const saltBytes = 16

const derive = promisify(pbkdf2)

const verifierWith = async (password: Redacted.Redacted, salt: Buffer, iterations: number): Promise<string> => {
  const salted = await derive(Redacted.value(password), salt, iterations, keyBytes, "sha256")
  const clientKey = createHmac("sha256", salted).update("Client Key").digest()
  const storedKey = createHash("sha256").update(clientKey).digest("base64")
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64")
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`
}

/**
 * What PostgreSQL stores of a password (RFC 5803): computed here, so that the password itself never travels in a
 * statement and never reaches a log of the server. Only for ASCII passwords, which need no normalization.
 */
export const scramVerifier = (password: Redacted.Redacted): Promise<string> =>
  verifierWith(password, randomBytes(saltBytes), iterationsDefault)

/** Whether a verifier that PostgreSQL stores belongs to this password. */
export const verifies = async (verifier: string, password: Redacted.Redacted): Promise<boolean> => {
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier)
  if (parts?.[1] === undefined || parts[2] === undefined) return false
  const expected = Buffer.from(await verifierWith(password, Buffer.from(parts[2], "base64"), Number(parts[1])))
  const stored = Buffer.from(verifier)
  return stored.length === expected.length && timingSafeEqual(stored, expected)
}
