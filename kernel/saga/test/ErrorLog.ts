import { Logger } from "effect"

/** Gathers what is logged as an error. */
export const makeErrorLog = () => {
  const errors: Array<string> = []
  const layer = Logger.layer([
    Logger.make(({ logLevel, message }) => {
      if (logLevel === "Error") errors.push(JSON.stringify(message))
    })
  ])
  return { errors, layer }
}
