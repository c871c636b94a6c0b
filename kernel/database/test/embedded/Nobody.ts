import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { isRoot } from "./TemporaryHome.ts"

/** The user without rights. */
export const nobody = { uid: 65534, gid: 65534 }

/** Only root can run a program as somebody else, and only where that user can reach the program. */
export const canRunAsNobody =
  isRoot && spawnSync("test", ["-r", fileURLToPath(import.meta.url)], { ...nobody, cwd: "/" }).status === 0
