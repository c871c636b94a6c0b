import type { Bug } from "./Bug.ts"

/** Payments and its provider. */
export const bugsOfPayments: ReadonlyArray<Bug> = [
  {
    name: "new-key-per-attempt",
    promise: "An order is captured once.",
    file: "services/payments/src/application/ProviderQuestion.ts",
    find: "=> ({ organizationId, key, attempt: attempts })",
    replace: "=> ({ organizationId, key: [key, attempts].join(), attempt: attempts })"
  },
  {
    name: "already-captured-is-settled",
    promise: '"Already captured" is not "settled".',
    file: "services/payments/src/domain/SettlementStep.ts",
    find: '? "FIND_CAPTURE" : "VOID"',
    replace: '? "SETTLED" : "VOID"'
  },
  {
    name: "unknown-is-settled",
    promise: "An authorization whose answer did not come is made definite before it is settled.",
    file: "services/payments/src/domain/SettlementStep.ts",
    find: 'return "AUTHORIZE"',
    replace: 'return "SETTLED"'
  },
  {
    name: "no-refund",
    promise: "What a failed order was charged is refunded.",
    file: "services/payments/src/domain/SettlementStep.ts",
    find: 'return "REFUND"',
    replace: 'return "SETTLED"'
  },
  {
    name: "settled-without-tombstone",
    promise: "No authorization is begun after its settlement.",
    file: "services/payments/src/application/SettlePayments.ts",
    find: "fences.undo(commands.map(fenced))",
    replace: "fences.admit(commands.map(fenced))"
  },
  {
    name: "unanswered-is-rejected",
    promise: "A capture without an answer may have happened.",
    file: "services/payments/src/application/ProviderReply.ts",
    find: `      default:
        return indefinite("CAPTURE", answer)`,
    replace: `      default:
        return refused("no_answer", "The provider did not answer.")`
  }
]
