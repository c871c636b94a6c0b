import { randomBytes } from "node:crypto"

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
const LENGTH = 24

/** A new reference such as `auth_` and 24 letters and digits. */
export const newReference = (prefix: "auth" | "cap" | "void" | "ref"): string => {
  let text = `${prefix}_`
  for (const byte of randomBytes(LENGTH)) text += ALPHABET[byte % ALPHABET.length]
  return text
}
