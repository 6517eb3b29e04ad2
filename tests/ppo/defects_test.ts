/** Each of the tutorial's mistakes, made alone, breaks a named invariant that otherwise holds. */
import assert from "node:assert/strict";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";
import {
  advantagesAreWhite,
  advantagesIgnoreNeighbours,
  endlessAnswersHaveSmallerRewards,
  firstRatioIsOne,
  klIsZeroAtStart,
  logProbsAreTheSamplers,
  minibatchesMixTimesteps,
  rankingLossStaysFinite,
  rewardIgnoresTheScoresUnit,
  runsRepeat,
  scoresIgnoreNeighbours,
} from "../helpers/invariants.ts";
import { allMetrics } from "../helpers/tiny.ts";

interface Lesson {
  readonly defect: Partial<Settings>;
  readonly invariant: string;
  readonly holds: (given?: Partial<Settings>) => boolean | Promise<boolean>;
}

const lessons: readonly Lesson[] = [
  {
    defect: { left_pad_without_positions: true },
    invariant: "longer neighbours change no log-probability, value or score",
    holds: scoresIgnoreNeighbours,
  },
  {
    defect: { gae_over_padding: true },
    invariant: "neighbours with longer answers change no advantage",
    holds: advantagesIgnoreNeighbours,
  },
  {
    defect: { dropout_in_update: true },
    invariant: "the first ratio is 1",
    holds: firstRatioIsOne,
  },
  {
    defect: { log_probs_of_raw_distribution: true },
    invariant: "log-probabilities are those of the distribution sampled from",
    holds: logProbsAreTheSamplers,
  },
  {
    defect: { whiten_advantages: false },
    invariant: "advantages have mean 0 and their own scale",
    holds: advantagesAreWhite,
  },
  {
    defect: { normalise_scores: false },
    invariant: "rewards do not depend on the unit of the scores",
    holds: rewardIgnoresTheScoresUnit,
  },
  {
    defect: { missing_eos_penalty: 0 },
    invariant: "endless answers have smaller rewards",
    holds: endlessAnswersHaveSmallerRewards,
  },
  {
    defect: { shuffle_whole_batches: true },
    invariant: "minibatches mix timesteps",
    holds: minibatchesMixTimesteps,
  },
  {
    defect: { prompts_through_set: true },
    invariant: "the same seed gives the same run",
    holds: runsRepeat,
  },
];

Deno.test("everything that faithful changes has its lesson, but the ways to sample and to start", () => {
  const [plain, faithful] = [validateSettings(), validateSettings({ faithful: true })];
  const choices = ["faithful", "repetition_penalty", "top_k", "fresh_value_head"];
  const corrected = new Map<string, unknown>(Object.entries(plain));
  const changed = Object.entries(faithful).filter(([name, value]) => corrected.get(name) !== value);
  assert.deepEqual(
    lessons.flatMap(({ defect }) => Object.keys(defect)).toSorted(),
    changed.map(([name]) => name).filter((name) => !choices.includes(name)).toSorted(),
  );
});

for (const { defect, invariant, holds } of lessons) {
  const [name] = Object.keys(defect);
  Deno.test(`${invariant}; not so with ${name}`, async () => {
    assert.equal(await holds(), true, "without the defect");
    assert.equal(await holds(defect), false, "with the defect");
  });
}

Deno.test("the ranking loss stays finite; not so with unstable_log_sigmoid", async () => {
  assert.equal(await rankingLossStaysFinite({ stable: true }), true);
  assert.equal(await rankingLossStaysFinite({ stable: false }), false);
});

Deno.test("defects that do not touch them leave the first ratio at 1 and the KL at 0", async () => {
  for (const defect of [{ left_pad_without_positions: true }, { gae_over_padding: true }]) {
    assert.equal(await firstRatioIsOne(defect), true);
    assert.equal(await klIsZeroAtStart(defect), true);
  }
});

Deno.test("over padding, advantages are still whitened over real tokens alone", async () => {
  assert.equal(await advantagesAreWhite({ gae_over_padding: true }), true);
});

Deno.test("the tutorial's choices, every defect included, run a whole schedule", async () => {
  const rows = await allMetrics({ faithful: true });
  assert.equal(rows.length, 2);
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      assert.ok(Number.isFinite(value), `${name} is ${value}`);
    }
  }
});
