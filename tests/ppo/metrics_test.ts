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
