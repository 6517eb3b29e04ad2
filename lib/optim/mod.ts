/** Optimizers, gradient clipping and learning-rate schedules. */
export { adam, adamDefaults, type AdamSettings, type StepScalars, stepScalars } from "./adam.ts";
export {
  clipScale,
  createOptimizer,
  type Optimizer,
  type OptimizerSettings,
  type TrainState,
} from "./optimizer.ts";
export { type ArrayPool, createArrayPool } from "./array_pool.ts";
export {
  type Backward,
  createGradientArrays,
  type GradientArrays,
  type GradientArraysOptions,
  type GradientMode,
} from "./gradient_arrays.ts";
export { type Adder, createAdder } from "./in_place.ts";
export { gradientsOf } from "./gradients.ts";
export { warmupLinear } from "./schedule.ts";
export {
  freeTrainState,
  loadTrainState,
  type SavedArray,
  type SavedTrainState,
  saveTrainState,
} from "./train_state.ts";
