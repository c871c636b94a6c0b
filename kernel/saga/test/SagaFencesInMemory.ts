import { MemoryDatabase } from "@valerix/database/memory"
import { Layer } from "effect"
import { makeParticipantMemory } from "../src/index.ts"

/** The fences of a participant on a memory database of its own. */
export const layerFencesMemory = Layer.suspend(() => makeParticipantMemory(new MemoryDatabase()).layer())
