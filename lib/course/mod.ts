/**
 * What the chapters share: the embedded models and data, a run with its curves, judged questions,
 * and the chapters' measurements.
 */
export * from "./advantage_study.ts";
export * from "./critic_study.ts";
export * from "./embedded.ts";
export type { EstimateError } from "./estimate_error.ts";
export * from "./gae_study.ts";
export * from "./invariants.ts";
export * from "./judged_answers.ts";
export * from "./kl_study.ts";
export * from "./memory_steps.ts";
export * from "./policy_view.ts";
export * from "./questions.ts";
export * from "./reinforce_by_hand.ts";
export * from "./reinforce_run.ts";
export * from "./reward_study.ts";
export * from "./run.ts";
export * from "./sampled_values.ts";
export * from "./score_study.ts";
export * from "./source.ts";
export * from "./sweep.ts";
export * from "./sweep_curves.ts";
export * from "./sweep_run.ts";
export * from "./update_steps.ts";
export { verdictName } from "./verdict_names.ts";
