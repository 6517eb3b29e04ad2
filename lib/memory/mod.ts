/** How much memory and time a run needs, and settings that fit a memory budget. */
export * from "./device_ledger.ts";
export { type Frozen, keptModel, rereadModel } from "./frozen.ts";
export * from "./ledger.ts";
export { memoryLedger, type Place } from "./memory_ledger.ts";
export * from "./memory_plan.ts";
export { weightBytes } from "./model_bytes.ts";
export * from "./run_work.ts";
export { type BeginUpdate, updateMemory } from "./update_memory.ts";
