/** Exact resume: a run that was stopped anywhere and taken up from its state by another process gives what it would have given. */
import assert from "node:assert/strict";
import type { Ppo, PpoState } from "../../lib/ppo/mod.ts";
import type { Settings } from "../../lib/settings/mod.ts";
import { tinyPpo } from "../helpers/tiny.ts";

/** The state of a fresh run, from which it can be run again. */
interface Case {
  readonly ppo: Ppo;
  readonly start: PpoState;
}

async function opened(given: Partial<Settings>): Promise<Case> {
  const ppo = await tinyPpo(given);
  return { ppo, start: await ppo.state() };
}

/** Metrics without the seconds, as text: equal to the last bit. */
const textOf = (rows: readonly object[]): string =>
  rows.map((row) =>
    JSON.stringify(row, (key, value) => key.startsWith("seconds_") ? undefined : value)
  ).join(
    "\n",
  );

interface Stopped {
  readonly rows: readonly object[];
  readonly steps: readonly object[];
  readonly pools: readonly number[];
  readonly state: PpoState;
}

/** Runs on from a state, and stops at the `stopAt`-th event (a timestep or an optimizer step), or at the end. */
async function run(
  ppo: Ppo,
  from: PpoState,
  { stopAt = Infinity }: { stopAt?: number } = {},
): Promise<Stopped> {
  const controller = new AbortController();
  const rows: object[] = [], steps: object[] = [], pools: number[] = [];
  let events = 0;
  const count = () => ++events === stopAt && controller.abort();
  const training = ppo.train({
    from,
    signal: controller.signal,
    onProgress: count,
    onStep: (step) => (steps.push(step), count()),
    onPool: ({ update }) => pools.push(update),
  });
  try {
    for await (const row of training) rows.push(row);
  } catch (error) {
    if (error !== controller.signal.reason) throw error;
  }
  return { rows, steps, pools, state: await ppo.state() };
}

/** Every number of a state but the seconds. */
function numbersOf({ seconds: _, actor, critic, ...position }: PpoState) {
  return {
    position,
    actor: [actor.step, ...actor.arrays],
    critic: [critic.step, ...critic.arrays],
  };
}

/** 4 timesteps, and 4 optimizer steps in each of 2 updates. */
const EVENTS = 4 + 2 * 4;

const cases: readonly [string, Partial<Settings>][] = [
  ["as the defaults are", {}],
  ["with a cut-off, dropout and several answers a prompt", {
    top_k: 5,
    dropout_in_update: true,
    num_return_sequences: 2,
    mini_batch_size: 6,
  }],
  ["with a schedule of the learning rate", { lr_schedule: "cosine", warmup_proportion: 0.4 }],
];

for (const [name, given] of cases) {
  Deno.test(`${name}: stopped anywhere and taken up by another run, all metrics and weights are the same`, async () => {
    const { ppo, start } = await opened(given);
    const other = (await opened(given)).ppo;
    const whole = await run(ppo, start);
    assert.equal(whole.rows.length, 2);
    for (let stopAt = 1; stopAt <= EVENTS; stopAt++) {
      const first = await run(ppo, start, { stopAt });
      const second = await run(other, structuredClone(first.state));
      const where = `stopped at event ${stopAt}`;
      assert.equal(textOf([...first.rows, ...second.rows]), textOf(whole.rows), where);
      assert.equal(textOf([...first.steps, ...second.steps]), textOf(whole.steps), where);
      assert.deepEqual([...first.pools, ...second.pools], [1, 2], where);
      assert.deepEqual(numbersOf(second.state), numbersOf(whole.state), where);
    }
  });
}

Deno.test("with target_kl: stopped anywhere and taken up by another run, all metrics and weights are the same", async () => {
  const given = { target_kl: 1e-5, ppo_epoch: 3, lr_schedule: "linear" };
  const { ppo, start } = await opened(given);
  const other = (await opened(given)).ppo;
  const whole = await run(ppo, start);
  assert.ok(whole.steps.length < 2 * 6, `${whole.steps.length} steps`); // an update ended early
  for (let stopAt = 1; stopAt <= 4 + whole.steps.length; stopAt++) {
    const first = await run(ppo, start, { stopAt });
    const second = await run(other, structuredClone(first.state));
    assert.equal(textOf([...first.rows, ...second.rows]), textOf(whole.rows), `event ${stopAt}`);
    assert.deepEqual(numbersOf(second.state), numbersOf(whole.state), `event ${stopAt}`);
  }
});

Deno.test("the optimizer steps are numbered through the run, and their means are the update's row", async () => {
  const { ppo, start } = await opened({});
  const steps: { ppoStep: number; metrics: { actor_loss: number } }[] = [];
  const rows = await Array.fromAsync(
    ppo.train({ from: start, onStep: (step) => steps.push(step) }),
  );
  assert.deepEqual(steps.map(({ ppoStep }) => ppoStep), [1, 2, 3, 4, 5, 6, 7, 8]);
  const [a, b, c, d] = steps.slice(4).map(({ metrics }) => metrics.actor_loss);
  assert.ok(Math.abs((a + b + c + d) / 4 - rows[1].actor_loss) < 1e-12);
});

Deno.test("a state can be used twice, and training on does not change it", async () => {
  const { ppo, start } = await opened({});
  const [first, second] = [await run(ppo, start), await run(ppo, start)];
  assert.equal(textOf(first.rows), textOf(second.rows));
  assert.deepEqual(numbersOf(start), numbersOf((await opened({})).start));
});

Deno.test("the pool of a stopped run is part of its state, and gone after its update", async () => {
  const { ppo, start } = await opened({});
  const sizeAt = async (stopAt: number) => {
    const { state } = await run(ppo, start, { stopAt });
    return [state.timestep, state.pool.length, state.steps.length, state.before !== undefined];
  };
  assert.deepEqual(await sizeAt(1), [1, 3, 0, false]); // 3 prompts a timestep
  assert.deepEqual(await sizeAt(2), [2, 6, 0, false]);
  assert.deepEqual(await sizeAt(4), [2, 6, 2, true]); // 2 timesteps, 2 steps
  assert.deepEqual(await sizeAt(7), [3, 3, 0, false]);
});

Deno.test("a schedule made longer goes on where the shorter one ended", async () => {
  const [short, long] = [await opened({}), await opened({ num_episodes: 2 })];
  const { rows, state } = await run(short.ppo, short.start);
  const more = await run(long.ppo, state);
  assert.equal(textOf([...rows, ...more.rows]), textOf((await run(long.ppo, long.start)).rows));
});
