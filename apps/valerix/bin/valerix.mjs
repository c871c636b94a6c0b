#!/usr/bin/env node
process.argv.splice(2, 0, "valerix")
await import("../../../tools/run.mjs")
