/** Reinforcement learning from (learned) feedback: SFT, reward model, PPO. */
export * from "./answer_batch.ts";
export * from "./experience.ts";
export * from "./flags.ts";
export * from "./metrics.ts";
export * from "./minibatches.ts";
export * from "./ppo.ts";
export { type LoadedModel, type PpoInputs, samplingOf } from "./ppo_models.ts";
export * from "./ppo_update.ts";
export * from "./sampled_policy.ts";
export * from "./setting_spec.ts";
export * from "./settings.ts";
export * from "./sft.ts";
export * from "./values.ts";
