export const MEBIBYTE = 1024 ** 2
export const GIBIBYTE = 1024 ** 3

/** A size for people. */
export const bytesText = (bytes: number): string =>
  bytes >= GIBIBYTE ? `${(bytes / GIBIBYTE).toFixed(1)} GiB` : `${Math.round(bytes / MEBIBYTE)} MiB`
