import type { OrderView } from "@valerix/checkout/contract"
import { DateTime } from "effect"
import { moneyText } from "../../terminal/MoneyText.ts"
import { makeTable } from "../../terminal/Table.ts"
import type { Colour, Terminal } from "../../terminal/Terminal.ts"
import { isoTime } from "../../terminal/Times.ts"

/** What an order's status looks like. */
export const statusColour = ({ parked, status }: Pick<OrderView, "status" | "parked">): Colour =>
  parked !== null || status === "FAILED" ? "red" : status === "CONFIRMED" ? "green" : "yellow"

const piecesOf = ({ items }: OrderView): number => items.reduce((sum, { quantity }) => sum + quantity, 0)

/** Orders, a line each. */
export const orderTable = (terminal: Terminal) =>
  makeTable<OrderView>(
    [
      { title: "ORDER", least: 36, of: ({ id }) => id },
      { title: "STATUS", least: 9, of: ({ status }) => status, colour: statusColour },
      { title: "TOTAL", least: 12, side: "right", of: ({ total }) => moneyText(total) },
      { title: "PIECES", least: 6, side: "right", leftOut: 2, of: (order) => String(piecesOf(order)) },
      { title: "PLACED", least: 24, leftOut: 1, of: ({ created_at }) => isoTime(DateTime.toDateUtc(created_at)) },
      { title: "MESSAGE", of: ({ message, parked }) => (parked === null ? message : `${message}: ${parked}`) }
    ],
    terminal
  )
