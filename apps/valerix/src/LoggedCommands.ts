import type { InventoryCommands } from "@valerix/inventory/contract"
import type { OrdersCommands } from "@valerix/orders/contract"
import type { PaymentsCommands } from "@valerix/payments/contract"
import { Effect, type Layer, LogLevel, References } from "effect"
import { layerAroundCommands } from "./ParticipantCommands.ts"

/** What every command to a participant has in common. */
interface Command {
  readonly orderId: string
  readonly epoch: number
  readonly correlationId: string | undefined
}

/**
 * Runs a vector under the name of the service that does its work, and writes at debug, one line per order, what came of
 * it: a vector is the work of many requests, so each line carries the correlation id of its own order.
 */
const logged =
  <C extends Command, O extends { readonly _tag: string }>(
    service: string,
    command: string,
    run: (commands: ReadonlyArray<C>) => Effect.Effect<ReadonlyArray<O>>
  ) =>
  (commands: ReadonlyArray<C>): Effect.Effect<ReadonlyArray<O>> =>
    Effect.withFiber((fiber) => {
      const isWritten = LogLevel.isGreaterThanOrEqualTo("Debug", fiber.getRef(References.MinimumLogLevel))
      const running = Effect.annotateLogs(run(commands), { service })
      if (!isWritten) return running
      return Effect.tap(running, (outcomes) =>
        Effect.forEach(
          commands,
          ({ correlationId, epoch, orderId }, index) =>
            Effect.logDebug(`${command}: ${outcomes[index]?._tag ?? "no outcome"}`, {
              service,
              order_id: orderId,
              epoch,
              ...(correlationId === undefined ? {} : { correlation_id: correlationId })
            }),
          { discard: true }
        )
      )
    })

/** The participants, with their work in the log. */
export const layerLoggedCommands = <A, E, R>(
  participants: Layer.Layer<A | OrdersCommands | InventoryCommands | PaymentsCommands, E, R>
) =>
  layerAroundCommands(participants, ({ inventory, orders, payments }) => ({
    orders: {
      create: logged("orders", "create", orders.create),
      confirm: logged("orders", "confirm", orders.confirm),
      cancel: logged("orders", "cancel", orders.cancel)
    },
    inventory: {
      reserve: logged("inventory", "reserve", inventory.reserve),
      release: logged("inventory", "release", inventory.release)
    },
    payments: {
      authorize: logged("payments", "authorize", payments.authorize),
      capture: logged("payments", "capture", payments.capture),
      settle: logged("payments", "settle", payments.settle)
    }
  }))
