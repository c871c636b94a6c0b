import { MemoryDatabase } from "@valerix/database/memory"
import type { OrganizationId } from "@valerix/money-and-ids"
import { type Fenced, SagaFencesMemory } from "@valerix/saga"

interface Command {
  readonly organizationId: OrganizationId
  readonly orderId: string
  readonly epoch: number
  readonly generation?: number
}

/** A command as its participant's fence sees it. */
export const fenced = ({ orderId, ...command }: Command): Fenced => ({ ...command, sagaId: orderId })

/** The fences of a scripted participant. */
export const memoryFences = () => new SagaFencesMemory(new MemoryDatabase())
