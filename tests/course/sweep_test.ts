import assert from "node:assert/strict";
import {
  asSweepRow,
  besideCommitted,
  combinations,
  overSeeds,
  ownSweepFigure,
  pointsOf,
  readSweep,
  stillToRun,
  SWEEP_PATH,
  sweepFigure,
  type SweepRow,
  type Trial,
  trialName,
} from "../../lib/course/mod.ts";

/** A row of a trial of two updates, with the numbers that the test is about. */
const row = (trial: Trial, update: number, numbers: Partial<SweepRow> = {}): SweepRow =>
  asSweepRow({ trial, update, updates: 2, mean_reward: 0, kl: 0, gold_n: 8, ...numbers });

Deno.test("combinations go through every value of every list", () => {
  const trials = combinations({ kl_coef: [0, 0.02, 0.2], lam: [0.9, 0.95, 1], seed: [1, 2, 3] });
  assert.equal(trials.length, 27);
  assert.equal(new Set(trials.map((trial) => JSON.stringify(trial))).size, 27);
  assert.deepEqual(combinations({}), [{}]);
});

Deno.test("a finished trial is kept, whatever the order of its settings; half a one is run again", () => {
  const rows = [
    row({ seed: 1, lam: 1 }, 1),
    row({ seed: 1, lam: 1 }, 2),
    row({ lam: 1, seed: 2 }, 1),
  ];
  const trials = [{ lam: 1, seed: 1 }, { lam: 1, seed: 2 }];
  const plan = stillToRun(trials, { rows, judged: 8 });
  assert.deepEqual(plan.trials, [{ lam: 1, seed: 2 }]);
  assert.deepEqual(plan.finished, rows.slice(0, 2));
  assert.deepEqual(
    stillToRun(trials, { rows, judged: 9 }).trials,
    trials,
    "another number of questions is another trial",
  );
});

Deno.test("a point is the mean of its seeds, from the lowest to the highest; an update that one lacks is left out", () => {
  const rows = [
    row({ kl_coef: 1, seed: 1 }, 1, { mean_reward: 2, gold: 40 }),
    row({ kl_coef: 1, seed: 2 }, 1, { mean_reward: 5, gold: 50 }),
    row({ kl_coef: 1, seed: 1 }, 2, { mean_reward: 9, gold: 60 }),
  ];
  const [point, ...others] = overSeeds(rows);
  assert.equal(others.length, 0);
  assert.equal(point.name, "kl_coef 1");
  assert.equal(point.rows.length, 1);
  const [{ update, mean_reward, mean_reward_low, mean_reward_high, gold }] = point.rows;
  assert.deepEqual([update, mean_reward, mean_reward_low, mean_reward_high, gold], [1, 3.5, 2, 5, 45]); // (2 + 5) / 2
});

Deno.test("points are found by the settings that they name", () => {
  const rows = [row({ kl_coef: 0, seed: 1 }, 1), row({ kl_coef: 0, learning_rate: 1, seed: 1 }, 1)];
  assert.deepEqual(pointsOf(rows, "kl_coef"), rows.slice(0, 1));
  assert.deepEqual(pointsOf(rows, "learning_rate", "kl_coef"), rows.slice(1));
  assert.equal(trialName({ faithful: true, seed: 2 }), "faithful, seed 2");
});

Deno.test("a file that holds something else is refused with its line", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, '{"update": 1}\n');
  await assert.rejects(readSweep(path), (error: Error) => {
    assert.match(error.message, new RegExp(`${path}, line 1`));
    return true;
  });
  assert.throws(() => row({ lamm: 1 } as Trial, 1), /"lamm".*did you mean "lam"/);
  await Deno.remove(path);
});

const committed = await readSweep(SWEEP_PATH);
const last = (rows: readonly SweepRow[]) => overSeeds(rows)[0].rows.at(-1) ?? assert.fail();
const gold = (rows: readonly SweepRow[]) => last(rows).gold ?? assert.fail();
const at = (name: keyof Trial, value: number) =>
  pointsOf(committed, name).filter(({ trial }) => trial[name] === value);

Deno.test("every committed point was run with seeds 1, 2 and 3 to its end", () => {
  for (const [name, rows] of Map.groupBy(committed, ({ trial: { seed: _, ...point } }) => trialName(point))) {
    const bySeed = Map.groupBy(rows, ({ trial }) => trial.seed);
    assert.deepEqual([...bySeed.keys()].toSorted(), [1, 2, 3], name);
    for (const rows of bySeed.values()) assert.equal(rows.at(-1)?.update, rows[0].updates, name);
  }
});

Deno.test("the committed runs say what chapter 06 says of them", () => {
  const works = at("kl_coef", 0.05);
  assert.ok(gold(works) > 55 && (last(works).kl ?? 0) < 2);
  assert.ok((last(at("kl_coef", 1)).kl ?? 0) < (last(works).kl ?? 0), "a high price keeps the actor near");
  assert.ok((last(at("kl_coef", 0)).kl ?? 0) > (last(works).kl ?? 0), "without a price it goes further");
  const raw = pointsOf(committed, "normalise_scores", "learning_rate");
  const [first] = overSeeds(raw)[0].rows;
  assert.ok((last(raw).score ?? 0) > (first.score ?? 0), "what is paid rises");
  assert.ok((last(raw).mean_reward ?? 0) < (first.mean_reward ?? 0), "while the score itself falls");
  const hacking = pointsOf(committed, "kl_coef", "learning_rate", "num_episodes");
  const highest = (rows: readonly SweepRow[]) =>
    Math.max(...overSeeds(rows)[0].rows.map((row) => row.mean_reward ?? 0));
  assert.ok(highest(hacking) > highest(works), "the reward model is pleased");
  assert.ok(gold(hacking) < gold(works), "the gold judge is not");
  assert.ok(
    gold(pointsOf(committed, "faithful")) < gold(works),
    "the tutorial's mistakes cost right questions",
  );
});

Deno.test("the figures have a line and a band for each point in its panels", () => {
  const lines = (figure: { data: readonly object[] }) => figure.data.length / 3; // two edges of the band and the line
  const [kl, lam] = [pointsOf(committed, "kl_coef"), pointsOf(committed, "lam")].map((rows) =>
    overSeeds(rows).length
  );
  assert.equal(lines(sweepFigure(committed)), 3 * kl + 3 * (lam + 1));
  const faithful = pointsOf(committed, "faithful");
  assert.equal(lines(besideCommitted(committed, faithful, { title: "" })), 2 * 4);
  const own = [row({ kl_coef: 2, max_timesteps: 60, num_episodes: 1 }, 1)];
  assert.equal(lines(ownSweepFigure(committed, own)), 2 * (kl + 1));
});
