/** How much memory a run needs, and a plan that fits. */
export * from "./device_ledger.ts";
export { type Frozen, heldModel, keptModel, type Rereading, rereadModel } from "./frozen.ts";
export * from "./ledger_row.ts";
export { memoryLedger } from "./memory_ledger.ts";
export * from "./memory_plan.ts";
export { weightBytes } from "./model_bytes.ts";
export * from "./update_memory.ts";
export * from "./run_work.ts";
