import assert from "node:assert/strict";
import { meanStepMetrics, poolMetrics, stepMetrics } from "../../lib/ppo/mod.ts";
import { sampleOf } from "../helpers/samples_of_answers.ts";

const near = (actual: number, wanted: number, name: string) =>
  assert.ok(Math.abs(actual - wanted) < 1e-12, `${name} is ${actual}, wanted ${wanted}`);

Deno.test("the pool's metrics follow by arithmetic", () => {
  const first = sampleOf([5, 3], {
    logProbs: [-1, -2],
    refLogProbs: [-1.5, -1],
    values: [1, 2],
    returns: [2, 4],
    rawScore: 4,
    score: 1,
  });
  const second = sampleOf([6], {
    logProbs: [-3],
    refLogProbs: [-3],
    values: [0],
    returns: [3],
    rawScore: 1,
    score: -2,
    ended: false,
  });
  const metrics = poolMetrics([first, second]);
  near(metrics.mean_reward, (4 + 1) / 2, "mean_reward");
  near(metrics.score, (1 - 2) / 2, "score");
  // k1 = log pi - log pi_ref: 0.5 - 1 over the first answer's tokens, 0 over the second's
  near(metrics.kl, (0.5 - 1 + 0) / 2, "kl");
  // k3 = e^-k1 - 1 + k1
  near(metrics.kl_k3, (Math.exp(-0.5) - 1 + 0.5 + (Math.exp(1) - 1 - 1)) / 2, "kl_k3");
  near(metrics.response_length, (2 + 1) / 2, "response_length");
  near(metrics.eos_rate, 1 / 2, "eos_rate");
  near(metrics.reward_std, (4 - 1) / 2, "reward_std"); // two values, each 1.5 from their mean
  near(metrics.score_std, (1 - -2) / 2, "score_std");
  near(metrics.surprisal, (1 + 2 + 3) / 3, "surprisal");
  // R - V = 1, 2, 3 with variance 2/3; R = 2, 4, 3 with variance 2/3
  near(metrics.explained_variance, 1 - 1, "explained_variance");
});

Deno.test("the steps' metrics are means over minibatches, and the largest ratio is the largest of all", () => {
  const samples = [sampleOf([5, 3], { logProbs: [-1, -1] }), sampleOf([6], { logProbs: [-2] })];
  const moved = [[-1 + Math.log(2), -1], [-2]]; // ratios 2, 1 and 1
  const still = [[-1, -1], [-2]]; // ratios 1
  const step = (logProbs: number[][], factor: number) => ({
    samples,
    actor: {
      loss: factor,
      gradNorm: 2 * factor,
      logProbs,
      entropy: [[factor, 1], [1]],
    },
    critic: { loss: 3 * factor, gradNorm: 4 * factor },
  });
  const metrics = meanStepMetrics(
    [step(moved, 1), step(still, 4)].map((one) => stepMetrics(one, { clipRange: 0.2 })),
  );
  near(metrics.actor_loss, (1 + 4) / 2, "actor_loss");
  near(metrics.critic_loss, (3 + 12) / 2, "critic_loss");
  near(metrics.actor_grad_norm, (2 + 8) / 2, "actor_grad_norm");
  near(metrics.critic_grad_norm, (4 + 16) / 2, "critic_grad_norm");
  near(metrics.ratio_mean, ((2 + 1 + 1) / 3 + 1) / 2, "ratio_mean");
  near(metrics.ratio_max, 2, "ratio_max");
  near(metrics.clip_fraction, (1 / 3 + 0) / 2, "clip_fraction"); // |2 - 1| > 0.2
  near(metrics.approx_kl, (2 - 1 - Math.log(2)) / 3 / 2, "approx_kl");
  near(metrics.entropy, ((1 + 1 + 1) / 3 + (4 + 1 + 1) / 3) / 2, "entropy");
});

Deno.test("a score is clipped if another raw score has the same one; equal raw scores are not", () => {
  const pool = ([[7, 5], [9, 5], [3, 3], [3, 3], [2, 2]] as const).map(([rawScore, score]) =>
    sampleOf([6], { rawScore, score })
  );
  near(poolMetrics(pool).score_clipped, 2 / 5, "score_clipped");
});

Deno.test("the KL penalty and what GAE takes from after the end are read off the rewards and returns", () => {
  const first = sampleOf([5, 3], { rewards: [-0.1, 0.8], returns: [9, 0.8], score: 1 });
  const second = sampleOf([6], { rewards: [2], returns: [2.5], score: 2 });
  const { non_score_reward, return_after_end } = poolMetrics([first, second]);
  near(non_score_reward, (-0.1 + 0.8 - 1 + (2 - 2)) / 2, "non_score_reward");
  near(return_after_end, (0 + 0.5) / 2, "return_after_end"); // only the last token counts
});

Deno.test("the first step's KL and the number of steps are the update's; advantages have a root mean square", () => {
  const samples = [sampleOf([5, 3], { logProbs: [-1, -1], advantages: [3, -4] })];
  const step = (logProb: number) => ({
    samples,
    actor: { loss: 0, gradNorm: 0, logProbs: [[logProb, -1]], entropy: [[1, 1]] },
    critic: { loss: 0, gradNorm: 0 },
  });
  const steps = [-1, -2, -3].map((logProb) => stepMetrics(step(logProb), { clipRange: 0.2 }));
  const metrics = meanStepMetrics(steps);
  near(metrics.first_approx_kl, 0, "first_approx_kl");
  near(metrics.optimizer_steps, 3, "optimizer_steps");
  near(metrics.advantage_rms, Math.sqrt((9 + 16) / 2), "advantage_rms");
});
