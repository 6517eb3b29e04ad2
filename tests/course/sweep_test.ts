/** Which trials a sweep has, which its file holds already, and what its rows show: without running one. */
import { deepEqual, equal, fail, ok, rejects, throws } from "node:assert/strict";
import {
  asSweepRow,
  besideKept,
  combinations,
  groupBySeed,
  groupFigure,
  groupOf,
  groupsVarying,
  keptSweep,
  readSweep,
  roomFor,
  seedBand,
  settingDifferences,
  stillToRun,
  type SweepColumn,
  sweepEnds,
  sweepFigure,
  type SweepRow,
  sweepText,
  type Trial,
  trialName,
  trialSettings,
} from "../../lib/course/mod.ts";
import { EMBEDDED_PPO, scheduleOf, validateSettings } from "../../lib/settings/mod.ts";

/** The numbers of a row that these tests do not look at. */
const ZEROS = {
  timestep: 0,
  score: 0,
  reward_std: 0,
  score_std: 0,
  score_clipped: 0,
  non_score_reward: 0,
  surprisal: 0,
  return_after_end: 0,
  advantage_rms: 1,
  first_approx_kl: 0,
  optimizer_steps: 0,
  kl_k3: 0,
  kl_exact: 0,
  response_length: 0,
  eos_rate: 0,
  explained_variance: 0,
  actor_loss: 0,
  critic_loss: 0,
  approx_kl: 0,
  ratio_mean: 1,
  ratio_max: 1,
  clip_fraction: 0,
  entropy: 0,
  actor_grad_norm: 0,
  critic_grad_norm: 0,
};

/** A trial's rows: `rewards` update by update; KL a tenth of them, gold ten times. */
const rowsOf = (trial: Trial, rewards: readonly number[], updates = rewards.length): SweepRow[] =>
  rewards.map((mean_reward, index) => ({
    ...ZEROS,
    trial,
    updates,
    update: index + 1,
    mean_reward,
    kl: mean_reward / 10,
    gold: 10 * mean_reward,
    gold_n: 32,
  }));

Deno.test("a trial whose rows have no finite reward or KL is run again", () => {
  const trials = [{ seed: 1 }, { seed: 2 }, { seed: 3 }];
  const withNull = (trial: Trial, name: string) =>
    rowsOf(trial, [1, 2]).map((row) => asSweepRow({ ...row, [name]: null }, "a row"));
  const rows = [
    ...rowsOf(trials[0], [1, 2]),
    ...withNull(trials[1], "mean_reward"),
    ...withNull(trials[2], "kl"),
  ];
  deepEqual(stillToRun(trials, { rows, judged: 32 }).trials, trials.slice(1));
  const unexplained = rowsOf(trials[0], [1, 2]).map((row) =>
    asSweepRow({ ...row, explained_variance: null }, "a row")
  );
  deepEqual(stillToRun(trials.slice(0, 1), { rows: unexplained, judged: 32 }).trials, []);
});

Deno.test("all combinations, the first list slowest, a value given twice only once", () => {
  const names = combinations({ kl_coef: [0, 0.2], seed: [1, 2, 1] }).map(trialName);
  deepEqual(names, [
    "kl_coef 0, seed 1",
    "kl_coef 0, seed 2",
    "kl_coef 0.2, seed 1",
    "kl_coef 0.2, seed 2",
  ]);
  deepEqual(combinations({}), [{}], "no list: the models' own settings, once");
});

Deno.test("a trial is the same whatever the order of its settings, and another one with another judge", () => {
  const rows = rowsOf({ lam: 1, seed: 2 }, [1]);
  deepEqual(stillToRun([{ seed: 2, lam: 1 }], { rows, judged: 32 }).trials, []);
  equal(stillToRun([{ lam: 1, seed: 2 }], { rows, judged: 0 }).trials.length, 1);
  equal(stillToRun([{ lam: 1, seed: 3 }], { rows, judged: 32 }).trials.length, 1);
});

Deno.test("a trial starts from the models' own settings, one on other models from the tutorial's", () => {
  equal(trialSettings({ lam: 1 }, EMBEDDED_PPO).learning_rate, 5e-5);
  equal(trialSettings({ ori_model_path: "mine/" }, EMBEDDED_PPO).learning_rate, 1e-5);
  equal(scheduleOf(trialSettings({ num_episodes: 5 }, EMBEDDED_PPO)).updates, 20); // 5 * 80 / 20
  throws(
    () => trialSettings({ update_timesteps: 300 }, EMBEDDED_PPO),
    /Cannot use update_timesteps 300/,
  );
});

Deno.test("a finished trial is not run again; one that lacks a row, or was judged otherwise, is", () => {
  const trials: Trial[] = [{ seed: 1 }, { seed: 2 }, { seed: 3 }];
  const rows = [
    ...rowsOf({ lam: 0 }, [1, 2]), // of another sweep: stays
    ...rowsOf({ seed: 1 }, [1, 2]),
    ...rowsOf({ seed: 2 }, [1], 2), // the second update is missing
    ...rowsOf({ seed: 3 }, [1, 2]).map((row) => ({ ...row, gold_n: 0 })),
  ];
  const plan = stillToRun(trials, { rows, judged: 32 });
  deepEqual(plan.trials, [{ seed: 2 }, { seed: 3 }]);
  deepEqual(plan.finished.map(({ trial, gold_n }) => [trialName(trial), gold_n]), [
    ["lam 0", 32],
    ["lam 0", 32],
    ["seed 1", 32],
    ["seed 1", 32],
    ["seed 3", 0],
    ["seed 3", 0],
  ]);
  const gap = rowsOf({ seed: 1 }, [1, 2, 3]).filter(({ update }) => update !== 2);
  deepEqual(
    stillToRun([{ seed: 1 }], { rows: gap, judged: 32 }).trials,
    [{ seed: 1 }],
    "a row within is missing",
  );
});

Deno.test("the file is the same whichever trial ended first, and reads back as it was", async () => {
  const [first, second] = [rowsOf({ seed: 1 }, [1, 2]), rowsOf({ seed: 2 }, [3, NaN])];
  const before = rowsOf({ lam: 0 }, [5]);
  const text = sweepText(before, new Map([[1, second], [0, first]]));
  equal(text, sweepText(before, new Map([[0, first], [1, second]])));
  equal(text.split("\n").length, 5 + 1); // 1 + 2 + 2 rows, and the end of the last line
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, text);
  const rows = await readSweep(path);
  deepEqual(rows.slice(0, 4), [...before, ...first, second[0]]);
  equal(rows[4].mean_reward, null, "JSON has no NaN; a figure leaves a gap");
  await Deno.writeTextFile(path, text + '{"trial":{"lamda":1}}\n');
  await rejects(readSweep(path), {
    message:
      `Cannot read ${path}, line 6 as a row of a sweep: Cannot use the unknown setting "lamda"; did you mean "lam"?`,
  });
  await Deno.remove(path);
});

Deno.test("a row must name its trial and its counts", () => {
  throws(() => asSweepRow([], "x"), {
    message: "Cannot read x as a row of a sweep: it is a list, and an object is expected",
  });
  throws(() => asSweepRow({ trial: 1 }, "x"), {
    message:
      'Cannot read x as a row of a sweep: its "trial" is the number 1, and settings are expected',
  });
  throws(() => asSweepRow({ trial: {}, update: 1, updates: "2" }, "x"), {
    message: 'Cannot read x as a row of a sweep: its "updates" is text, and a number is expected',
  });
});

Deno.test("as many trials run at once as cores and memory allow, and one while its need is unknown", () => {
  const room = { cores: 8, threads: 1, available: 100_000, need: 500, running: 0 };
  equal(roomFor(room), 8);
  equal(roomFor({ ...room, threads: 3 }), 2); // 8 / 3
  equal(roomFor({ ...room, available: 2000 }), 3); // 0.8 * 2000 / 500 = 3.2
  equal(roomFor({ ...room, available: 2000, running: 2 }), 5); // the two that run have theirs already
  equal(roomFor({ ...room, available: 100 }), 1);
  equal(roomFor({ ...room, need: undefined }), 1);
  equal(roomFor({ ...room, cores: 1, threads: 2 }), 1);
});

const rows = [
  ...rowsOf({ kl_coef: 0, seed: 1 }, [1, 2]),
  ...rowsOf({ kl_coef: 0, seed: 2 }, [1, 5]),
  ...rowsOf({ kl_coef: 0.05, lam: 0.95, seed: 1 }, [1, 2, 3]), // both are the models' own
  ...rowsOf({ lam: 0, seed: 1 }, [4]),
  ...rowsOf({ kl_coef: 0, learning_rate: 2e-4, seed: 1 }, [7]),
];
const groups = groupBySeed(rows, EMBEDDED_PPO);

Deno.test("trials that differ in their seed alone are a group, named after what differs from the models' settings", () => {
  deepEqual(groups.map(({ name, runs }) => [name, runs.length]), [
    ["kl_coef 0", 2],
    ["as committed", 1],
    ["lam 0", 1],
    ["kl_coef 0, learning_rate 0.0002", 1],
  ]);
  equal(groupOf(groups, { learning_rate: 2e-4, kl_coef: 0 }), groups[3]);
  throws(() => groupOf(groups, { lam: 1 }), {
    name: "RangeError",
    message:
      "Cannot find the runs of lam 1: there are those of kl_coef 0; as committed; lam 0; kl_coef 0, learning_rate 0.0002",
  });
});

Deno.test("a setting at its usual value still counts where it is not what another one would make it", () => {
  const trial: Trial = { faithful: true, repetition_penalty: 1, kl_coef: 0.05, seed: 1 };
  const faithful = groupBySeed(
    [...rowsOf(trial, [1]), ...rowsOf({ faithful: true, seed: 1 }, [2])],
    EMBEDDED_PPO,
  );
  deepEqual(faithful.map(({ name }) => name), ["faithful, repetition_penalty 1", "faithful"]); // faithful alone makes it 1.4
});

Deno.test("one setting's groups are in the order of its values, the models' own value among them", () => {
  deepEqual(groupsVarying(groups, "kl_coef", EMBEDDED_PPO).map(({ name }) => name), [
    "kl_coef 0",
    "kl_coef 0.05",
  ]);
  deepEqual(groupsVarying(groups, "lam", EMBEDDED_PPO).map(({ name }) => name), [
    "lam 0",
    "lam 0.95",
  ]);
});

Deno.test("a band is the mean, the minimum and the maximum over the seeds, as far as all of them go", () => {
  deepEqual(seedBand(groups[0], "mean_reward"), {
    name: "kl_coef 0",
    x: [1, 2],
    mean: [1, 3.5], // (2 + 5) / 2
    low: [1, 2],
    high: [1, 5],
  });
  deepEqual(seedBand(groups[1], "mean_reward"), {
    name: "as committed",
    x: [1, 2, 3],
    mean: [1, 2, 3],
  });
  const uneven = groupBySeed(
    [...rowsOf({ seed: 1 }, [1, 2]), ...rowsOf({ seed: 2 }, [3])],
    EMBEDDED_PPO,
  );
  deepEqual(seedBand(uneven[0], "mean_reward").mean, [2]);
  const [lost] = groupBySeed(rowsOf({ seed: 1 }, [1, NaN]), EMBEDDED_PPO);
  deepEqual(seedBand(lost, "mean_reward").mean, [1, null]);
});

Deno.test("the table of ends has the last update's means and the spread of gold", () => {
  equal(
    sweepEnds(groups.slice(0, 1)).text.split("\n")[1],
    "kl_coef 0  3.50         0.35       35.0      20.0 to 50.0",
  );
});

Deno.test("the sweep's figure has a row for each setting, each with a legend of its own", () => {
  const { data, layout } = sweepFigure(groups, EMBEDDED_PPO);
  // three panels of kl_coef: a band of two edges and a line, and one line without; three of lam: two lines
  equal(data.length, 3 * (3 + 1) + 3 * 2);
  const legends = data.filter(({ showlegend }) => showlegend).map(({ name, legend }) =>
    `${name} in ${legend}`
  );
  deepEqual(legends, [
    "kl_coef 0 in legend",
    "kl_coef 0.05 in legend",
    "lam 0 in legend2",
    "lam 0.95 in legend2",
  ]);
  ok("legend2" in layout && "xaxis6" in layout);
});

Deno.test("what faithful changes is a table of just the settings that differ", () => {
  const table = settingDifferences({
    corrected: validateSettings(),
    faithful: validateSettings({ faithful: true }),
  }).text;
  ok(
    table.includes("gae_over_padding") && table.includes("repetition_penalty") &&
      !table.includes("kl_coef"),
  );
});

const kept = await keptSweep(EMBEDDED_PPO);

/** The last update's mean over the seeds. */
const last = (wanted: Trial, column: SweepColumn): number => {
  const { mean } = seedBand(groupOf(kept, wanted), column);
  return mean.at(-1) ?? fail(`${trialName(wanted)} has no ${column}`);
};

const CLIPPED: Trial = { normalise_scores: false, learning_rate: 1e-4 };
const HACKED: Trial = { kl_coef: 0, learning_rate: 2e-4, num_episodes: 5 };

Deno.test("the kept groups have three seeds each, judged by 293 held-out passages, to the end", () => {
  for (const group of kept) {
    const seeds = group.runs.map(([{ trial }]) => trial.seed).toSorted();
    deepEqual(seeds, [1, 2, 3], group.name);
    for (const run of group.runs) {
      deepEqual(
        run.map(({ update }) => update),
        Array.from({ length: run[0].updates }, (_, index) => index + 1),
      );
      ok(run.every(({ gold_n }) => gold_n === 293), group.name);
    }
  }
});

Deno.test("the committed runs show what chapter 06 concludes from them", () => {
  const kl = [1, 0.2, 0.05, 0].map((kl_coef) => last(kl_coef === 0.05 ? {} : { kl_coef }, "kl"));
  deepEqual(kl, kl.toSorted((a, b) => a - b), "the higher the KL penalty, the less KL");
  ok(last({ kl_coef: 1 }, "gold") < last({}, "gold"), "too high a penalty costs right questions");
  const clipped = seedBand(groupOf(kept, CLIPPED), "score").mean,
    raw = seedBand(groupOf(kept, CLIPPED), "mean_reward").mean;
  ok((clipped.at(-1) ?? 0) > (clipped[0] ?? 0), "with raw scores the clipped score rises");
  ok(
    (raw.at(-1) ?? 0) < Math.max(...raw.map(Number)),
    "while the raw score falls from its best",
  );
  ok(
    last(HACKED, "mean_reward") > last({}, "mean_reward"),
    "without a penalty the reward model's score rises",
  );
  ok(last(HACKED, "gold") < last({}, "gold") - 20, "and the gold judge's falls");
  ok(
    last({ lam: 0 }, "kl") > last({}, "kl") &&
      last({ lam: 0 }, "explained_variance") > last({}, "explained_variance"),
  );
  const rewards = seedBand(groupOf(kept, { faithful: true }), "mean_reward").mean;
  ok((rewards.at(-1) ?? 0) > (rewards[0] ?? 0), "the tutorial's own number rises");
  ok(last({ faithful: true }, "gold") < 1, "and hardly a question is right");
});

Deno.test("a reader's own trials are named after what they differ in, beside the committed ones of that setting", () => {
  const own = [
    ...rowsOf({ kl_coef: 3, seed: 1 }, [1, 2, 3]),
    ...rowsOf({ kl_coef: 4, seed: 1 }, [1]),
  ];
  const figure = besideKept(groups, own, EMBEDDED_PPO);
  const named = figure.data.filter(({ showlegend }) => showlegend);
  deepEqual(named.map(({ name }) => name), [
    "kl_coef 0",
    "kl_coef 0.05",
    "yours: kl_coef 3",
    "yours: kl_coef 4",
  ]);
  deepEqual(named.map(({ x }) => x), [[1, 2], [1, 2, 3], [1, 2, 3], [1]]);
  const lambdas = besideKept(groups, rowsOf({ lam: 0.5, seed: 1 }, [1]), EMBEDDED_PPO);
  ok(lambdas.text.endsWith("of lam 0, lam 0.95, yours: lam 0.5, seed 1"));
  throws(() => besideKept(groups, [], EMBEDDED_PPO), {
    message:
      "Cannot draw your sweep: it has no row yet. Let the cell above finish its first update.",
  });
});

Deno.test("the gold judge is drawn against the reward of the pool that the judged policy answered", () => {
  const figure = groupFigure(groups.slice(1, 2), ["kl"], { title: "t", against: true });
  const [x, y] = [figure.data.at(-1)?.x, figure.data.at(-1)?.y];
  deepEqual([x, y], [[2, 3], [10, 20]]); // gold 10 after update 1 goes with the reward 2 of row 2
});
