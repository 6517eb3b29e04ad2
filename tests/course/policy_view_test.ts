/** What chapter 01 shows of the embedded model is what the generator and the scorer compute. */
import assert from "node:assert/strict";
import {
  compareSampling,
  drawAnswers,
  likeliestTokens,
  loadEmbedded,
  openPolicy,
  scoredRatios,
  trajectoryOf,
} from "../../lib/course/mod.ts";
import { plainSampling } from "../../lib/lm/mod.ts";

const embedded = await loadEmbedded({ heldOutCount: 1 });
const model = await openPolicy(embedded);
const prompt = model.promptOf(embedded.heldOut[0].content);

Deno.test("a trajectory's log-probabilities are those that the answer was drawn with", async () => {
  const [{ tokens, logProbs }] = await drawAnswers(model, prompt, { count: 1, seed: 3 });
  const steps = await trajectoryOf(model, prompt, { answer: tokens, shown: 4 });
  assert.deepEqual(steps.map(({ action }) => action), tokens.map((token) => model.textOf([token])));
  steps.forEach(({ logProb, entropy }, t) => {
    assert.ok(
      Math.abs(logProb - logProbs[t]) < 1e-4,
      `token ${t}: ${logProb}, drawn with ${logProbs[t]}`,
    );
    assert.ok(entropy >= 0 && entropy <= Math.log(embedded.policy.config.vocabSize));
  });
  assert.equal(steps[2].state, `…${model.textOf([...prompt, ...tokens.slice(0, 2)].slice(-4))}`);
});

Deno.test("the logits after a text are the last row of those along it", async () => {
  const answer = model.answerOf("南湖在哪里？");
  const along = await model.logitsAlong(prompt, answer);
  assert.equal(along.length, answer.length);
  const after = await model.logitsAfter([...prompt, ...answer.slice(0, 2)]);
  after.forEach((logit, id) => assert.ok(Math.abs(logit - along[2][id]) < 1e-4));
});

Deno.test("the greedy answer takes the likeliest token each time, and the same seed draws the same answers", async () => {
  const [greedy] = await drawAnswers(model, prompt, { count: 1, seed: 1, greedy: true });
  const rows = await model.logitsAlong(prompt, greedy.tokens);
  greedy.tokens.forEach((token, t) =>
    assert.equal(likeliestTokens(model, rows[t], 1)[0].token, model.textOf([token]))
  );
  const [first, again, other] = await Promise.all(
    [1, 1, 2].map((seed) => drawAnswers(model, prompt, { count: 4, seed })),
  );
  assert.deepEqual(first.map(({ tokens }) => tokens), again.map(({ tokens }) => tokens));
  assert.notDeepEqual(first.map(({ tokens }) => tokens), other.map(({ tokens }) => tokens));
});

Deno.test("the likeliest tokens come in order and their probabilities are those of softmax", () => {
  const logits = [0, Math.log(3), ...Array(10).fill(-1e3)];
  const found = likeliestTokens(model, logits, 2);
  assert.deepEqual(found.map(({ token }) => token), [1, 0].map((id) => model.textOf([id])));
  found.forEach(({ probability }, place) =>
    assert.ok(Math.abs(probability - [0.75, 0.25][place]) < 1e-9)
  );
});

Deno.test("settings are compared by name; a penalty hits the tokens of the state alone", () => {
  const logits = [Math.log(4), Math.log(2), 0]; // 4 : 2 : 1
  const [own, two, penalised] = compareSampling(model, [0], {
    logits,
    settings: [{}, { topK: 2 }, { repetitionPenalty: 2 }],
  });
  assert.deepEqual([own.settings, own.tokens], ["the model's own", 3]);
  assert.ok(Math.abs(own.probability - 4 / 7) < 1e-9);
  assert.deepEqual([two.settings, two.tokens], ["topK 2", 2]);
  assert.ok(Math.abs(two.probability - 4 / 6) < 1e-9);
  assert.ok(Math.abs(penalised.probability - 2 / 5) < 1e-9); // log 4 / 2 = log 2: 2 : 2 : 1
});

Deno.test("ratios are 1 when the scoring settings are those that sampled, and not otherwise", async () => {
  const sampling = { temperature: 1, topK: 50, topP: 1, repetitionPenalty: 1.4 };
  const answers = await drawAnswers(model, prompt, { count: 8, seed: 1, sampling });
  const same = await scoredRatios(model, prompt, { answers, scoring: sampling });
  assert.ok(same.rows.flat().every((ratio) => Math.abs(ratio - 1) < 1e-4));
  assert.deepEqual(same.rows.map((row) => row.length), answers.map(({ tokens }) => tokens.length));
  const raw = await scoredRatios(model, prompt, { answers, scoring: plainSampling });
  assert.ok(raw.smallest < 0.5 && raw.largest > 2, `${raw.smallest} to ${raw.largest}`);
  const all = raw.rows.flat();
  assert.ok(Math.abs(raw.mean - all.reduce((sum, ratio) => sum + ratio, 0) / all.length) < 1e-9);
});
