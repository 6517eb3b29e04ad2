/** Reinforcement learning from (learned) feedback: SFT, reward model, PPO. */
export * from "./answer_batch.ts";
export * from "./answer_groups.ts";
export * from "./batches.ts";
export * from "./schedule.ts";
export * from "./elsewhere.ts";
export * from "./embedded_recipes.ts";
export * from "./examples.ts";
export * from "./experience.ts";
export * from "./flags.ts";
export { type Frozen, heldModel } from "./frozen.ts";
export * from "./launch_files.ts";
export * from "./defects.ts";
export * from "./device_ledger.ts";
export * from "./ledger_row.ts";
export { memoryLedger } from "./memory_ledger.ts";
export * from "./memory_plan.ts";
export * from "./metrics.ts";
export * from "./minibatches.ts";
export { weightBytes } from "./model_bytes.ts";
export * from "./model_lengths.ts";
export * from "./new_model.ts";
export * from "./pair_accuracy.ts";
export { type AskedQuestion, formatOf, type PassageFormat } from "./passage_files.ts";
export * from "./ppo.ts";
export { type PoolReport, type Progress, type StepReport, type TrainOptions } from "./ppo_loop.ts";
export type { ActorGradient } from "./ppo_run.ts";
export type { Position, PpoState, StateOptions } from "./ppo_state.ts";
export {
  checkFrozenType,
  fittingSettings,
  type LoadedModel,
  type PpoInputs,
  samplingOf,
  withFreshHead,
} from "./ppo_models.ts";
export * from "./ppo_update.ts";
export * from "./predict.ts";
export * from "./renaming.ts";
export * from "./ranking_lists.ts";
export * from "./reward.ts";
export * from "./run_work.ts";
export * from "./sample_answers.ts";
export * from "./sampled_policy.ts";
export * from "./score_statistics.ts";
export * from "./setting_spec.ts";
export * from "./settings.ts";
export * from "./sft.ts";
export * from "./split_passages.ts";
export * from "./stage.ts";
export { noDropout, type StageDropout } from "./stage_dropout.ts";
export * from "./stage_settings.ts";
export { type Difference, type StorageDifference, storageText } from "./storage_difference.ts";
export type { Part, PartSeconds } from "./stopwatch.ts";
export * from "./values.ts";
export * from "./written_lists.ts";
