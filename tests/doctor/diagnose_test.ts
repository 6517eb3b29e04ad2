/**
 * The diagnosis of real runs of the embedded models (`fixtures/doctor/runs.json`: 40 timesteps each,
 * with the flags beside them), whose seeds were not used when the limits were chosen.
 */
import assert from "node:assert/strict";
import {
  createWarnings,
  diagnose,
  readRunLog,
  rowFrom,
  type RunRow,
} from "../../lib/doctor/mod.ts";
import runs from "../fixtures/doctor/runs.json" with { type: "json" };

const rowsOf = (name: keyof typeof runs): RunRow[] =>
  runs[name].rows.map((row) => rowFrom(row, "ppo"));
const warningsOf = (rows: readonly RunRow[]): string[] => {
  const warnings = createWarnings();
  return rows.flatMap((row) => warnings.update(row));
};

const DEFECTS: readonly (readonly [RegExp, readonly (keyof typeof runs)[]])[] = [
  [/^the learning rate is too high/, ["learning_rate", "learning_rate_2e_4", "learning_rate_1e_1"]],
  [/^there is no KL penalty/, ["no_penalty", "no_penalty_short", "no_penalty_1e_4"]],
  [/^most scores are clipped/, ["clipped"]],
  [/^dropout is on in the update/, ["dropout"]],
  [/^advantages are not whitened/, ["not_whitened", "not_whitened_clip_7", "not_whitened_clip_5"]],
  [/^the reward has no spread/, ["no_spread"]],
  [/^answers never end/, ["never_ends", "never_ends_unpenalised"]],
  [/^GAE runs over the padding/, ["gae_over_padding"]],
  [/^log-probabilities are those of another distribution/, [
    "raw_temperature",
    "raw_repetition_penalty",
    "raw_top_p",
  ]],
  [/^the value function learns nothing/, ["idle_critic"]],
];

for (const [cause, names] of DEFECTS) {
  for (const name of names) {
    Deno.test(`the first cause of a run with ${runs[name].flags} begins with ${cause.source}`, () => {
      const [first] = diagnose(rowsOf(name));
      assert.match(first?.cause.name.en ?? "nothing unusual", cause);
    });
  }
}

const healthy = (Object.keys(runs) as (keyof typeof runs)[]).filter((name) =>
  // the file's names
  name.startsWith("healthy")
);

Deno.test("ten healthy runs and more have no finding and no warning", () => {
  assert.ok(healthy.length >= 10, `${healthy.length}`);
  for (const name of healthy) {
    assert.deepEqual(
      diagnose(rowsOf(name)).map(({ cause }) => cause.name.en),
      [],
      runs[name].flags,
    );
    assert.deepEqual(warningsOf(rowsOf(name)), [], runs[name].flags);
  }
});

/** The rows of the committed sweep of chapter 06, trial by trial: 12 updates and more each. */
const sweep = Map.groupBy(
  (await Deno.readTextFile(new URL("../../notebooks/06_sweep.jsonl", import.meta.url)))
    .trim().split("\n").map((line) => JSON.parse(line)),
  ({ trial }) => JSON.stringify(trial),
);

Deno.test("whole runs of chapter 06's sweep: nothing where it trains well, something where it fails", () => {
  let [well, failing] = [0, 0];
  for (const [trial, rows] of sweep) {
    const { kl_coef = 0.05, faithful = false, learning_rate } = JSON.parse(trial);
    const found = rows.map((row) => rowFrom(row, "ppo"));
    if (faithful) {
      failing++;
      assert.ok(diagnose(found).length > 0 && warningsOf(found).length > 0, trial);
    } else if (learning_rate === undefined && kl_coef > 0) {
      well++;
      assert.deepEqual([diagnose(found), warningsOf(found)], [[], []], trial);
    }
  }
  assert.deepEqual([well, failing], [15, 6]);
});

Deno.test("a cause that shows earlier comes first, and a critic that learns later is none", () => {
  const far = { approx_kl: 3, clip_fraction: 0.6 },
    ends = { eos_rate: 1 },
    endless = { eos_rate: 0 };
  const names = (rows: RunRow[]) => diagnose(rows).map(({ cause }) => cause.name.en.slice(0, 13));
  assert.deepEqual(names([{ ...far, ...ends }, { ...far, ...endless }]), [
    "the learning ",
    "answers never",
  ]);
  assert.deepEqual(names([endless, { ...far, ...endless }]), ["answers never", "the learning "]);
  const critic = (values: number[]) =>
    values.map((explained_variance) => ({ explained_variance, score_std: 1, optimizer_steps: 40 }));
  assert.deepEqual(names(critic([0, 0.01, 0.01])), ["the value fun"]);
  assert.deepEqual(names(critic([0, 0.01, 0.3])), []);
});

Deno.test("a warning is given once in a run, and not again when the run is resumed", () => {
  const rows = rowsOf("never_ends");
  assert.equal(warningsOf([...rows, ...rows]).length, 1);
  assert.deepEqual(createWarnings(rows.slice(0, 1)).update(rows[1]), []);
});

const once = (row: RunRow) => warningsOf([{ entropy: 1, score: 1, score_std: 1 }, row]);

for (
  const [row, sentence] of [
    [
      { ratio_mean: 14400 },
      /the mean probability ratio is 14400, far from 1; try a lower learning_rate/,
    ],
    [{ ratio_max: 14400 }, /the largest probability ratio is 14400;/],
    [{ approx_kl: 0.3 }, /moved the policy by 0\.3 nats per token/],
    [{ kl: 30, response_length: 10 }, /the policy is 3 nats per token away from the reference/],
    [{ clip_fraction: 0.5 }, /50 % of the ratios are outside the clip range/],
    [{ entropy: 5e-9 }, /the entropy fell to 5\.0e-9 nats per token, from 1;/],
    [{ critic_loss: 7e8, score: 1, score_std: 1 }, /the critic's loss is 7\.0e\+8, 6\.9e\+8 times/],
    [{ score_clipped: 1, score_std: 0, reward_std: 2 }, /100 % of the scores are clipped/],
    [
      { reward_std: 0, mean_reward: 3, score_std: 0 },
      /nearly the same score \(mean 3, standard deviation 0\)/,
    ],
    [{ eos_rate: 0.04 }, /only 4 % of the answers end/],
  ] as const
) {
  Deno.test(`${JSON.stringify(row)} gives one warning, with the number and a hint`, () => {
    const given = once(row);
    assert.equal(given.length, 1, given.join("\n"));
    assert.match(given[0], sentence);
    assert.match(given[0], /^warning: .+; .+/);
  });
}

Deno.test("an entropy that collapses in the first update is compared with the surprisal before it", () => {
  const [sentence] = warningsOf([{ entropy: 5e-9, surprisal: 0.5 }]);
  assert.match(sentence, /the entropy fell to 5\.0e-9 nats per token, from 0\.5;/);
});

Deno.test("NaN in the log of another library is a divergence", () => {
  const text = '{"objective/kl": 1.5, "loss/policy_avg": 0.1}\n' +
    '{"objective/kl": NaN, "loss/policy_avg": NaN}\n';
  const [{ cause, row, evidence }] = diagnose(readRunLog(text, "trl.jsonl").rows);
  assert.match(cause.name.en, /^the learning rate is too high/);
  assert.deepEqual([row, evidence], [2, "kl is not a finite number: the run has diverged"]);
});
