/**
 * PPO for a language model. The algorithm is in three files, and everything else supports them:
 *
 * - `rollout.ts`: sampling, the KL penalty (`rl/shaped_rewards.ts`), GAE (`rl/gae.ts`);
 * - `update.ts`: whitening, epochs and minibatches (`minibatches.ts`), one step each of the actor
 *   and the critic with the clipped losses
 *   (`rl/policy_loss.ts`, `rl/value_loss.ts`, connected to the models in `losses.ts`);
 * - `train.ts`: the loop around the two, which can be resumed from a state (`state.ts`).
 *
 * The tutorial's defects are wrappers in `faithful.ts`. In these files, a program is one compiled
 * ONNX graph.
 */
export * from "./config.ts";
export { type RunModels, type Trained, withFreshHead } from "./create_models.ts";
export { leftPaddedBatch, rolloutOverPadding, wholeBatches } from "./faithful.ts";
export { checkFrozenType, fittingSettings, type LoadedModel, type PpoInputs } from "./inputs.ts";
export { learningRateFactor, type RateSchedule } from "./learning_rate.ts";
export * from "./losses.ts";
export * from "./metrics.ts";
export type { CutIntoMinibatches, EpochOptions, PromptSampler } from "./minibatches.ts";
export { shuffledMinibatches } from "./minibatches.ts";
export * from "./models.ts";
export * from "./ppo.ts";
export { type Housekeeping, rewardOfScore } from "./evaluators.ts";
export * from "./rollout.ts";
export type { Progress, Run, RunConfig } from "./run.ts";
export * from "./sample.ts";
export * from "./score_statistics.ts";
export type { PpoState, StateOptions } from "./state.ts";
export type { Part, PartSeconds, Stopwatch } from "./watched_models.ts";
export { type Difference, type StorageDifference, storageText } from "./storage_difference.ts";
export type * from "./train_options.ts";
export * from "./update.ts";
