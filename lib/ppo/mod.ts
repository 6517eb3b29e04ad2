/** PPO for a language model. */
export * from "./experience.ts";
export * from "./metrics.ts";
export * from "./minibatches.ts";
export * from "./ppo.ts";
export type { PoolReport, Progress, StepReport, TrainOptions } from "./ppo_loop.ts";
export {
  checkFrozenType,
  fittingSettings,
  type LoadedModel,
  type PpoInputs,
  samplingOf,
  withFreshHead,
} from "./ppo_models.ts";
export type { ActorGradient } from "./ppo_run.ts";
export type { Position, PpoState, StateOptions } from "./ppo_state.ts";
export * from "./ppo_update.ts";
export * from "./score_statistics.ts";
export type { Part, PartSeconds } from "./stopwatch.ts";
export { type Difference, type StorageDifference, storageText } from "./storage_difference.ts";
