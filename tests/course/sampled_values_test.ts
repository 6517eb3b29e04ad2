import assert from "node:assert/strict";
import {
  actionValues,
  continuations,
  loadEmbedded,
  openRun,
  rawScores,
  runSettings,
  sampledValues,
} from "../../lib/course/mod.ts";
import { meanOf } from "../../lib/rl/mod.ts";

const embedded = await loadEmbedded({ heldOutCount: 1 });
const settings = runSettings(embedded.policy, { seed: 3, device: "cpu" });
const run = await openRun(embedded, settings);
const [sample] = await run.ppo.experience(1, run.prompts.slice(0, 1));

Deno.test("a continuation has the reward that a rollout with the same tokens would have", async () => {
  const written = sample.answer.slice(0, 2);
  const [first] = await continuations(run, { prompt: sample.prompt, written }, { count: 4 });
  const tokens = [...written, ...first.tokens];
  assert.ok(tokens.length <= settings.query_len);
  const [rawScore] = await rawScores(run, [{ prompt: sample.prompt, answer: tokens }]);
  const ended = tokens.at(-1) === embedded.tokenizer.sepId;
  assert.ok(Math.abs(first.reward - run.ppo.config.toReward(rawScore, { ended })) < 1e-4);
});

Deno.test("V is the mean over the next tokens of Q, weighted by how often they come", async () => {
  const found = await continuations(run, { prompt: sample.prompt }, { count: 32 });
  const actions = actionValues(found, embedded.tokenizer);
  const value = actions.reduce((sum, { share, Q }) => sum + share * Q, 0);
  assert.ok(Math.abs(value - meanOf(found.map(({ reward }) => reward))) < 1e-12);
  assert.ok(actions.length > 1 && actions[0].share >= actions[1].share);
});

Deno.test("before each token of an answer there is a value with its error", async () => {
  const { prompt, answer } = sample;
  const values = await sampledValues(run, { prompt, answer }, { count: 16 });
  assert.equal(values.length, answer.length);
  const first = await continuations(run, { prompt }, { count: 16 });
  assert.equal(values[0].value, meanOf(first.map(({ reward }) => reward)));
  assert.ok(values[0].error > 0 && values[0].error < 1);
});
