import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

const INT8_ARRAY_OID = 1016
const TWO_TO_THE_32 = 0x1_0000_0000

/** A number that stands alone in a statement arrives as bigint when it is beyond int4: so the driver takes it for int8. */
const encode = (value: number | bigint): Result.Result<Uint8Array, PgTypes.CodecError> => {
  if (!Number.isSafeInteger(Number(value))) return Result.fail(notSafe(value))
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value))
  return Result.succeed(bytes)
}

const read = (bytes: Uint8Array, offset: number): Result.Result<number, PgTypes.CodecError> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8)
  const value = view.getInt32(0) * TWO_TO_THE_32 + view.getUint32(4)
  return Number.isSafeInteger(value) ? Result.succeed(value) : Result.fail(notSafe(value))
}

const notSafe = (value: number | bigint) => new PgTypes.CodecError({ message: `int8 ${value} is not a safe integer` })

/**
 * The client's codecs: the driver's own, but int8 is a safe integer instead of a bigint. Every amount and count here is
 * far below 2^53, and reading or writing a larger one fails.
 */
export const safeIntegers = PgTypes.makeRegistry()
safeIntegers.register(
  PgTypes.OID.int8,
  { encode, decode: (bytes) => read(bytes, 0), read },
  { arrayOid: INT8_ARRAY_OID }
)
