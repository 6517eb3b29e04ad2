import assert from "node:assert/strict";
import {
  approxKl,
  clipFraction,
  explainedVariance,
  ratioMax,
  ratioMean,
  ratios,
} from "ppo/rl/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { assertClose, ragged } from "../helpers/close.ts";

const half = Math.log(0.5), quarter = Math.log(0.25);

Deno.test("ratios divide the new probability by the old one", () => {
  const policies = { logProbs: [half, quarter, -1], oldLogProbs: [quarter, half, -1] };
  assertClose(ratios(policies), [2, 0.5, 1]);
  assertClose(ratioMean(policies), 3.5 / 3);
  assertClose(ratioMax(policies), 2);
});

Deno.test("the largest ratio may be below 1", () => {
  assertClose(ratioMax({ logProbs: [quarter, quarter], oldLogProbs: [half, half] }), 0.5);
});

Deno.test("the clip fraction counts ratios out of range on both sides", () => {
  const policies = { logProbs: [half, quarter, -1, -1.1], oldLogProbs: [quarter, half, -1, -1] }; // 2, 0.5, 1, 0.90
  assert.equal(clipFraction(policies, { clipRange: 0.2 }), 2 / 4);
  assert.equal(clipFraction(policies, { clipRange: 0.05 }), 3 / 4);
  assert.equal(clipFraction(policies, { clipRange: 0.6 }), 1 / 4);
});

Deno.test("approxKl is the mean of ratio - 1 - log ratio", () => {
  const kl = approxKl({ logProbs: [half, -1], oldLogProbs: [quarter, -1] });
  assertClose(kl, (2 - 1 - Math.log(2) + 0) / 2);
});

Deno.test("approxKl estimates the divergence of the old policy from the new: its expectation under the old one", () => {
  const old = [0.5, 0.3, 0.2], now = [0.2, 0.3, 0.5];
  // tokens as often as the old policy draws them: 5, 3 and 2 of 10
  const drawn = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2];
  const kl = approxKl({
    logProbs: drawn.map((v) => Math.log(now[v])),
    oldLogProbs: drawn.map((v) => Math.log(old[v])),
  });
  assertClose(kl, 0.5 * Math.log(0.5 / 0.2) + 0.2 * Math.log(0.2 / 0.5));
});

Deno.test("a perfect critic explains all variance, a constant none, and a bad one less than none", () => {
  const returns = [1, 2, 3, 6];
  assert.equal(explainedVariance(returns, returns), 1);
  assert.equal(explainedVariance([5, 5, 5, 5], returns), 0);
  assertClose(explainedVariance([-1, -2, -3, -6], returns), -3); // errors 2 R: variance 4 times
  assert.equal(explainedVariance([1, 2], [3, 3]), NaN);
});

Deno.test("explained variance divides by the variance of the returns", () => {
  // errors 1, 0, 5 - 0 = 1, 0, 5: mean 2, variance (1 + 4 + 9) / 3; returns 1, 4, 7: variance 6
  assertClose(explainedVariance([0, 4, 2], [1, 4, 7]), 1 - 14 / 3 / 6);
});

Deno.test("diagnostics of real tokens agree with PyTorch's masked ones", () => {
  const { lengths, log_probs, old_log_probs, policy_clip_eps, ...expected } = fixture.policy_loss;
  const policies = {
    logProbs: ragged(log_probs, lengths).flat(),
    oldLogProbs: ragged(old_log_probs, lengths).flat(),
  };
  assertClose(ratioMean(policies), expected.ratio_mean, 1e-6);
  assertClose(ratioMax(policies), expected.ratio_max, 1e-6);
  assertClose(clipFraction(policies, { clipRange: policy_clip_eps }), expected.clip_fraction, 1e-6);
  assertClose(approxKl(policies), expected.approx_kl_k3, 1e-6);
});

Deno.test("explained variance of real tokens agrees with PyTorch", () => {
  const { lengths, values, returns, explained_variance } = fixture.explained_variance;
  const found = explainedVariance(ragged(values, lengths).flat(), ragged(returns, lengths).flat());
  assertClose(found, explained_variance, 1e-6);
});

Deno.test("diagnostics refuse rows of two lengths and no tokens", () => {
  assert.throws(() => ratios({ logProbs: [-1], oldLogProbs: [] }), {
    name: "RangeError",
    message: "Cannot compare policies: logProbs has 1 tokens and oldLogProbs has 0",
  });
  assert.throws(() => ratioMax({ logProbs: [], oldLogProbs: [] }), {
    name: "RangeError",
    message: "Cannot take the largest ratio of 0 tokens",
  });
  assert.throws(() => explainedVariance([1], [1, 2]), {
    name: "RangeError",
    message: "Cannot explain variance: values has 1 tokens and returns has 2",
  });
});
