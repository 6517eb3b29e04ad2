import assert from "node:assert/strict";
import { clipScore, shapedRewards } from "ppo/rl/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { assertClose } from "../helpers/close.ts";

Deno.test("shaped rewards equal their arithmetic", () => {
  const rewards = shapedRewards({
    logProbs: [-1, -2, -3],
    refLogProbs: [-1.5, -1, -3],
    score: 4,
    klCoef: 0.1,
  });
  // -0.1 (-1 + 1.5) = -0.05: likelier than under the reference costs; -0.1 (-2 + 1) = 0.1; 0 + 4
  assertClose(rewards, [-0.05, 0.1, 4]);
});

Deno.test("at the reference only the last token is rewarded, with the score", () => {
  assert.deepEqual(
    shapedRewards({ logProbs: [-1, -2], refLogProbs: [-1, -2], score: 3, klCoef: 0.5 }),
    [
      0,
      3,
    ],
  );
});

Deno.test("without a KL coefficient the divergence does not count", () => {
  assertClose(shapedRewards({ logProbs: [-1, -2], refLogProbs: [-9, -5], score: 3, klCoef: 0 }), [
    0,
    3,
  ]);
});

Deno.test("the rewards add up to the score minus the KL penalty", () => {
  const logProbs = [-0.2, -1.4, -0.9], refLogProbs = [-1.1, -0.8, -2.3];
  const rewards = shapedRewards({ logProbs, refLogProbs, score: 1.5, klCoef: 0.2 });
  // divergence: 0.9 - 0.6 + 1.4 = 1.7
  assertClose(rewards.reduce((a, b) => a + b), 1.5 - 0.2 * 1.7);
});

Deno.test("shaped rewards with clipped scores agree with PyTorch", () => {
  const { scores, log_probs, ref_log_probs, kl_coef, reward_clip_eps, rewards } =
    fixture.shaped_rewards;
  scores.forEach((score, index) => {
    const found = shapedRewards({
      logProbs: log_probs[index],
      refLogProbs: ref_log_probs[index],
      score: clipScore(score, reward_clip_eps),
      klCoef: kl_coef,
    });
    assertClose(found, rewards[index], 1e-6);
  });
});

Deno.test("an answer without tokens cannot be rewarded, nor rows of two lengths", () => {
  assert.throws(() => shapedRewards({ logProbs: [], refLogProbs: [], score: 1, klCoef: 0 }), {
    name: "RangeError",
    message: "Cannot reward an answer of 0 tokens: it has no last token",
  });
  assert.throws(
    () => shapedRewards({ logProbs: [-1], refLogProbs: [-1, -2], score: 1, klCoef: 0 }),
    {
      name: "RangeError",
      message: "Cannot estimate KL: logProbs has 1 tokens and refLogProbs has 2",
    },
  );
});
