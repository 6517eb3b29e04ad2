/**
 * The mathematics of reinforcement learning: formulas on rows of numbers and on tensors,
 * independent of any language model.
 *
 * Rewards, advantages, whitening, KL and diagnostics are computed on rows (one 64-bit number for
 * each real token). The two losses of PPO, the losses of REINFORCE and of a reward model, entropy
 * and KL are computed on tensors and are differentiable.
 */
export * from "./adaptive_kl.ts";
export * from "./bootstrap_interval.ts";
export * from "./calibration.ts";
export * from "./diagnostics.ts";
export * from "./entropy.ts";
export * from "./gae.ts";
export * from "./gaussian.ts";
export * from "./kl_estimates.ts";
export * from "./kl_exact.ts";
export * from "./moments.ts";
export * from "./policy_loss.ts";
export * from "./ranking_loss.ts";
export * from "./ranking_plan.ts";
export * from "./reinforce_loss.ts";
export * from "./returns.ts";
export type { Row } from "./rows.ts";
export * from "./scores.ts";
export * from "./shaped_rewards.ts";
export * from "./tilted.ts";
export * from "./value_loss.ts";
export * from "./whiten.ts";
