/**
 * What is wrong with a PPO run, read from its metrics: warnings while it trains, and a diagnosis of
 * the log afterwards, of this project's runs and of those of TRL, OpenRLHF and verl.
 */
export type { Cause } from "./cause.ts";
export { CAUSES } from "./causes.ts";
export * from "./diagnose.ts";
export * from "./metric_columns.ts";
export * from "./run_rows.ts";
export * from "./warnings.ts";
