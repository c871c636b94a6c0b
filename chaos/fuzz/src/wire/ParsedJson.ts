/** The value of a body; none where there is no body, or it is no JSON. */
export const parsedJson = (body: Buffer | undefined): unknown => {
  try {
    return body === undefined ? undefined : JSON.parse(body.toString("utf8"))
  } catch {
    return undefined
  }
}
