import { constants } from "node:fs"
import { access, readFile, stat } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Effect } from "effect"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import { nearestExisting } from "./ExistingFolder.ts"

const OTHERS_WRITE = 0o002
const OTHERS_READ = 0o077

const may = (path: string, what: number) =>
  access(path, what).then(
    () => true,
    () => false
  )

const ownerText = (uid: number) => (uid === 0 ? "root" : `user id ${uid}`)

/** Whether the folder is one's own, can be worked in, and keeps its secrets. */
export const homeCheck = (home: string) =>
  check(
    "home",
    null,
    Effect.tryPromise(async (): Promise<Said | ReadonlyArray<Said>> => {
      const path = resolve(home)
      const folder = await stat(path).catch(() => undefined)
      if (folder === undefined) return judgeAbsent(path)
      if (!folder.isDirectory())
        return fail(`${path} is no folder`, "Move what is there away, or set VALERIX_HOME to a folder.")
      if (!(await may(path, constants.W_OK | constants.X_OK)))
        return fail(
          `${path} cannot be written to`,
          `It belongs to ${ownerText(folder.uid)}: run Valerix as that user, give the folder to this one (chown -R), or set VALERIX_HOME.`
        )
      const said: Array<Said> = []
      const uid = process.getuid?.()
      if (uid !== undefined && uid !== 0 && folder.uid !== uid)
        said.push(
          warn(
            `${path} belongs to ${ownerText(folder.uid)}`,
            "Run Valerix always as the same user, the one to whom the folder belongs."
          )
        )
      if ((folder.mode & OTHERS_WRITE) !== 0)
        said.push(fail(`everybody may write to ${path}`, `Anybody could put other data there: chmod o-w ${path}`))
      said.push(...(await judgeSecrets(join(path, "credentials.json"))))
      return said.length === 0 ? ok(`${path} is there, and can be written to`) : said
    })
  )

const judgeAbsent = async (path: string): Promise<Said> => {
  const above = await nearestExisting(path)
  return (await may(above, constants.W_OK | constants.X_OK))
    ? ok(`${path} is not there yet; valerix start makes it`)
    : fail(
        `${path} is not there and cannot be made in ${above}`,
        "Set VALERIX_HOME to a folder that this user may make."
      )
}

const judgeSecrets = async (file: string): Promise<ReadonlyArray<Said>> => {
  const secrets = await stat(file).catch(() => undefined)
  if (secrets === undefined) return []
  if ((secrets.mode & OTHERS_READ) !== 0)
    return [
      fail(`others than its owner may read ${file}`, `It holds the passwords of the databases: chmod 600 ${file}`)
    ]
  return (await may(file, constants.R_OK))
    ? []
    : [fail(`${file} cannot be read`, `It belongs to ${ownerText(secrets.uid)}: run this as that user.`)]
}

/** The process that holds the folder, if one does. */
export const holderOf = (home: string): Effect.Effect<number | undefined> =>
  Effect.promise(async () => {
    const processId = Number(await readFile(join(home, "pid"), "utf8").catch(() => ""))
    return Number.isInteger(processId) && processId > 0 && isAlive(processId) ? processId : undefined
  })

const isAlive = (processId: number): boolean => {
  try {
    return process.kill(processId, 0)
  } catch (cause) {
    // Somebody else's process is one as well.
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}

export const lockCheck = (home: string) =>
  check(
    "lock",
    null,
    Effect.map(holderOf(home), (processId) =>
      processId === undefined
        ? ok("nobody holds the folder: no Valerix runs on it")
        : ok(`Valerix process ${processId} holds the folder`)
    )
  )
