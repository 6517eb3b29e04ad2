/** A critic alone: it starts as PPO's does, learns a pool of real answers, and its measures equal their arithmetic. */
import assert from "node:assert/strict";
import {
  type CriticRow,
  explainedByPlace,
  explainedOf,
  loadEmbedded,
  openCritic,
  openRun,
  runSettings,
  trainCritic,
} from "../../lib/course/mod.ts";
import type { Sample } from "../../lib/ppo/mod.ts";

const embedded = await loadEmbedded({ heldOutCount: 8 });
const given = {
  kl_coef: 0,
  lam: 1,
  seed: 3,
  ppo_epoch: 4,
  learning_rate: 2e-4,
  device: "cpu",
} as const;
const settings = runSettings(embedded.policy, given);
const wholeHead = runSettings(embedded.policy, { ...given, fresh_value_head: false });
const run = await openRun(embedded, wholeHead);
const pool: Sample[] = await run.ppo.experience(1, run.prompts.slice(0, 24));
const others: Sample[] = await run.ppo.experience(2, run.prompts.slice(24, 32));

Deno.test("with the reward model's own head the values are those that a rollout of PPO holds", async () => {
  const values = await (await openCritic(embedded, wholeHead)).values(pool);
  pool.forEach((sample, row) => {
    assert.equal(values[row].length, sample.answer.length);
    sample.values.forEach((value, t) => assert.ok(Math.abs(values[row][t] - value) < 1e-4));
  });
});

Deno.test("a fresh critic gives 0; on a pool that stays the same its explained variance rises from 0", async () => {
  const critic = await openCritic(embedded, settings);
  assert.ok((await critic.values(others)).flat().every((value) => value === 0));
  const rows: CriticRow[] = [];
  for await (const row of trainCritic(critic, { pool, others, updates: 3 })) rows.push(row);
  assert.deepEqual(rows.map(({ update }) => update), [0, 1, 2, 3]);
  assert.ok(Math.abs(rows[0].pool) < 1e-9 && rows[0].stopped === 0);
  assert.ok(rows[3].pool > 0.15 && rows[3].pool > rows[1].pool, `${rows[3].pool}`);
  assert.ok(rows.some(({ stopped }) => stopped > 0), "the clip has stopped some tokens");
  const values = await critic.values(pool);
  assert.equal(explainedOf(pool, values), rows[3].pool);
});

Deno.test("a training that is aborted ends between two minibatches", async () => {
  const critic = await openCritic(embedded, settings);
  const stop = new AbortController();
  const training = trainCritic(critic, { pool, others, updates: 3, signal: stop.signal });
  await training.next();
  stop.abort(new Error("Interrupted by user"));
  await assert.rejects(training.next(), { message: "Interrupted by user" });
  assert.ok(
    (await critic.values(pool)).flat().every((value) => value === 0),
    "nothing was learned",
  );
});

Deno.test("tokens are stopped that went further than the clip towards their return, and no others", async () => {
  const answers = pool.slice(0, 2).map((sample) => ({ ...sample, returns: [1, 1] }));
  let values = [[0, 0], [0, 0]];
  const critic = {
    name: "fixed",
    clipRange: 0.2,
    values: () => Promise.resolve(values),
    learn() {
      values = [[0.5, -0.5], [0.1, 2]]; // beyond 0.2 towards R; away from R; inside; past R by more than 0.2 lacked
      return Promise.resolve();
    },
  };
  const rows = await Array.fromAsync(
    trainCritic(critic, { pool: answers, others: answers, updates: 1 }),
  );
  assert.deepEqual(rows.map(({ stopped }) => stopped), [0, 0.25]);
});

Deno.test("explained variance by place compares first tokens with first tokens and last with last", () => {
  const answers = [{ returns: [1, 1, 1] }, { returns: [3, 3, 3] }, { returns: [5, 5, 5] }];
  const values = [[0, 2, 1], [0, 3, 3], [0, 4, 5]]; // explains nothing; half; all
  const rows = explainedByPlace(answers, values, { places: 3 });
  // middle: errors -1, 0, 1: variance 2/3 of 8/3
  assert.deepEqual(rows.map(({ explained }) => Math.round(1e9 * explained) / 1e9), [0, 0.75, 1]);
  assert.deepEqual(rows.map(({ written }) => written), [0, 50, 100]);
});
