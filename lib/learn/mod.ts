/** Training programs: a loss, its gradient in one program or several, accumulation, clipping and Adam. */
export * from "./array_pool.ts";
export * from "./gradient_arrays.ts";
export { type Adder, createAdder } from "./in_place.ts";
export {
  columnsSpec,
  createLossProgram,
  type HostResults,
  type LossDefinition,
  type LossProgram,
  type LossProgramOptions,
  type LossResults,
  type RowFeeds,
} from "./loss_program.ts";
export * from "./optimizer.ts";
export * from "./train_state.ts";
