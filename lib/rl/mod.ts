/**
 * The mathematics of reinforcement learning: formulas on rows of numbers and on tensors. Knows no language model.
 *
 * On rows (one number a real token, 64-bit): rewards, advantages, whitening, KL, diagnostics, random numbers.
 * On tensors (differentiable): the two losses of PPO, the ranking loss, entropy, KL.
 */
export type { Row } from "./rows.ts";
export * from "./moments.ts";
export * from "./returns.ts";
export * from "./gae.ts";
export * from "./scores.ts";
export * from "./shaped_rewards.ts";
export * from "./whiten.ts";
export * from "./tilted.ts";
export * from "./adaptive_kl.ts";
export * from "./kl_estimates.ts";
export * from "./kl_exact.ts";
export * from "./entropy.ts";
export * from "./policy_loss.ts";
export * from "./reinforce_loss.ts";
export * from "./value_loss.ts";
export * from "./ranking_loss.ts";
export * from "./ranking_plan.ts";
export * from "./diagnostics.ts";
export * from "./calibration.ts";
export * from "./philox.ts";
export * from "./random.ts";
export * from "./bootstrap_interval.ts";
