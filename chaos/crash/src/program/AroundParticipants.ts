import { layerAroundCommands, type ParticipantCommands } from "@valerix/app/src/ParticipantCommands.ts"
import type { layerParticipants } from "@valerix/app/src/Topology.ts"
import { between } from "./CrashPoint.ts"

/** The participants, with a boundary before and after each command. The sweep's settlements carry no saga's epoch. */
export const aroundParticipants = (participants: ReturnType<typeof layerParticipants>) =>
  layerAroundCommands(participants, around)

const around = ({ inventory, orders, payments }: ParticipantCommands): ParticipantCommands => ({
  orders: {
    create: (commands) => between(["orders.create"], orders.create(commands)),
    confirm: (commands) => between(["orders.confirm"], orders.confirm(commands)),
    cancel: (commands) => between(["orders.cancel"], orders.cancel(commands))
  },
  inventory: {
    reserve: (commands) => between(["inventory.reserve"], inventory.reserve(commands)),
    release: (commands) => between(["inventory.release"], inventory.release(commands))
  },
  payments: {
    authorize: (commands) => between(["payments.authorize"], payments.authorize(commands)),
    capture: (commands) => between(["payments.capture"], payments.capture(commands)),
    settle: (commands) =>
      between([commands[0]?.epoch === 0 ? "payments.settle (sweep)" : "payments.settle"], payments.settle(commands))
  }
})
