/**
 * PPO for small control tasks: networks, exploration, rollouts, updates, training, exact resumption
 * and evaluation. The losses and advantages are those of the language model (`lib/rl`).
 */
export * from "./config.ts";
export * from "./design.ts";
export type * from "./episodes.ts";
export * from "./explorer.ts";
export * from "./learner.ts";
export * from "./network.ts";
export * from "./normalizer.ts";
export * from "./policy.ts";
export * from "./presets.ts";
export * from "./rollout.ts";
export * from "./run.ts";
export * from "./state.ts";
export * from "./train.ts";
export * from "./update.ts";
