import type { FaultName } from "../Plan.ts"
import { endSomeSessions } from "./EndSessions.ts"
import { fillDisk } from "./FillDisk.ts"
import { freezeAtBoundary } from "./FreezeAtBoundary.ts"
import { holdLocks } from "./HoldLocks.ts"
import { killAtBoundary } from "./KillAtBoundary.ts"
import { killAtMoment } from "./KillAtMoment.ts"
import { killBackend } from "./KillBackend.ts"
import { killPostgres } from "./KillPostgres.ts"
import { resetConnections } from "./ResetConnections.ts"
import type { Fault } from "./Stage.ts"

export { armingOf } from "./KillAtBoundary.ts"
export type { Stage, Struck } from "./Stage.ts"

export const faults: Readonly<Record<FaultName, Fault>> = {
  "kill at a boundary": killAtBoundary,
  "kill at any moment": killAtMoment,
  "freeze at a boundary": freezeAtBoundary,
  "kill PostgreSQL": killPostgres,
  "kill a backend": killBackend,
  "end sessions": endSomeSessions,
  "reset connections": resetConnections,
  "hold locks": holdLocks,
  "fill the disk": fillDisk
}
