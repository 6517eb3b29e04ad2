import assert from "node:assert/strict";
import { answerLayout, answerMask, plainSampling } from "../../lib/lm/mod.ts";
import { layoutWithDefects, updateDropout } from "../../lib/ppo/faithful.ts";
import {
  actorLoss,
  configOf,
  criticLoss,
  type Sample,
  shuffledMinibatches,
  wholeBatches,
} from "../../lib/ppo/mod.ts";
import { floats, ints } from "../../lib/runtime/mod.ts";
import {
  type DefectName,
  type Settings,
  stepsAnUpdate,
  validateSettings,
} from "../../lib/settings/mod.ts";
import { sampleOf } from "../helpers/samples_of_answers.ts";
import { tinyConfig, tinyPpo, tinySchedule } from "../helpers/tiny.ts";

/** Four timesteps of three answers each; the score tells them apart. */
const pool: Sample[] = Array.from(
  { length: 12 },
  (_, index) => sampleOf([5], { rawScore: index, timestep: 1 + Math.floor(index / 3) }),
);
const cut = (given: Partial<Settings>, epoch = 0) => {
  const config = configOf(validateSettings({ batch_size: 3, ...given }));
  const minibatches = config.defects.shuffle_whole_batches ? wholeBatches : shuffledMinibatches;
  return minibatches(pool, { ...config, epoch });
};
const namesOf = (batches: readonly (readonly Sample[])[]) =>
  batches.map((batch) => batch.map((s) => s.rawScore));

Deno.test("an epoch has every answer once, in minibatches of the size asked for", () => {
  const sizes: [Partial<Settings>, number[]][] = [
    [{}, [3, 3, 3, 3]],
    [{ mini_batch_size: 5 }, [5, 5, 2]],
    [{ mini_batch_size: 100 }, [12]],
    [{ num_return_sequences: 2 }, [6, 6]], // 3 prompts with 2 answers each
  ];
  for (const [given, wanted] of sizes) {
    const batches = namesOf(cut(given));
    assert.deepEqual(batches.map((batch) => batch.length), wanted);
    assert.deepEqual(
      batches.flat().toSorted((a, b) => a - b),
      pool.map(({ rawScore }) => rawScore),
    );
  }
});

Deno.test("the order follows from seed and epoch alone", () => {
  assert.deepEqual(namesOf(cut({ seed: 3 }, 2)), namesOf(cut({ seed: 3 }, 2)));
  assert.notDeepEqual(namesOf(cut({ seed: 3 }, 2)), namesOf(cut({ seed: 3 }, 3)));
  assert.notDeepEqual(namesOf(cut({ seed: 3 }, 2)), namesOf(cut({ seed: 4 }, 2)));
});

Deno.test("answers are shuffled across timesteps, whole batches only as a defect", () => {
  const timesteps = (batches: Sample[][]) =>
    batches.map((batch) => new Set(batch.map((s) => s.timestep)).size);
  assert.ok(timesteps(cut({})).some((count) => count > 1));
  const whole = cut({ shuffle_whole_batches: true });
  assert.deepEqual(timesteps(whole), [1, 1, 1, 1]);
  assert.deepEqual(whole.map((batch) => batch.length), [3, 3, 3, 3]);
  assert.notDeepEqual(namesOf(whole).flat(), pool.map(({ rawScore }) => rawScore));
});

const layoutOf = (given: { micro?: number; defect?: DefectName } = {}) => {
  const { micro = 0, defect } = given;
  const shape = answerLayout({
    padId: 0,
    shape: tinyConfig,
    ...(micro > 0 ? { maxRows: micro } : {}),
  });
  const { defects } = configOf(validateSettings(defect === undefined ? {} : { [defect]: true }));
  return layoutWithDefects(shape, { defects, padId: 0, purpose: "train", maxRows: micro });
};

Deno.test("a minibatch is cut into micro-batches of like lengths, as few as the size allows", () => {
  const sizes = (micro: number) => layoutOf({ micro }).groups(pool).map(({ length }) => length);
  assert.deepEqual(sizes(0), [12]);
  assert.equal(sizes(5).length, 3);
  assert.ok(sizes(5).every((rows) => rows <= 5));
  assert.deepEqual(sizes(12), [12]);
  assert.deepEqual(sizes(1), Array(12).fill(1));
  const ragged = [3, 1, 3, 1, 2].map((length) => sampleOf(Array<number>(length).fill(9)));
  const { groups, batch } = layoutOf({ micro: 2 });
  assert.deepEqual(groups(ragged), [[0, 2], [4], [1, 3]]); // answers of 3, 2 and 1 tokens
  assert.deepEqual(
    groups(ragged).map((group) => batch(group.map((row) => ragged[row])).rows.inputIds.dims),
    [[2, 5], [1, 4], [2, 3]],
  );
});

Deno.test("where pads or dropout depend on the whole batch, micro-batches are pieces in its order", () => {
  const ragged = [3, 1, 3, 1, 2].map((length) => sampleOf(Array<number>(length).fill(9)));
  for (const defect of ["left_pad_without_positions", "dropout_in_update"] as const) {
    assert.deepEqual(layoutOf({ micro: 2, defect }).groups(ragged), [[0, 1], [2, 3], [4]]);
  }
});

Deno.test("the losses read each answer's numbers at real tokens and 0 at padding", () => {
  const rows = { logProbs: [-1], values: [2], advantages: [3], returns: [4] };
  const samples = [sampleOf([6], rows), sampleOf([7, 3])];
  const batch = layoutOf().batch(samples);
  assert.deepEqual(batch.targets, ints([6, 0, 7, 3], [2, 2]));
  assert.deepEqual(answerMask(samples), floats([1, 0, 1, 1], [2, 2]));
  const shape = { config: tinyConfig, sampling: plainSampling };
  const actor = actorLoss(shape, { clipRange: 0.2 }).feeds(samples, batch);
  assert.deepEqual(actor.oldLogProbs, floats([-1, 0, 0, 0], [2, 2]));
  assert.deepEqual(actor.advantages, floats([3, 0, 0, 0], [2, 2]));
  const critic = criticLoss(tinyConfig, { clipRange: 0.2 }).feeds(samples, batch);
  assert.deepEqual(critic.oldValues, floats([2, 0, 0, 0], [2, 2]));
  assert.deepEqual(critic.returns, floats([4, 0, 0, 0], [2, 2]));
});

Deno.test("dropout has one number in [0, 1) a token of the whole row, other ones at another step", () => {
  const dropout = updateDropout(configOf(validateSettings({ dropout_in_update: true })));
  const keysAt = (step: number) => dropout?.keys([12, 3], step);
  const keys = keysAt(1);
  assert.deepEqual(keys?.dims, [12, 3]);
  assert.ok(keys?.data.every((key) => 0 <= key && key < 1));
  assert.equal(new Set(keys?.data).size, 36);
  assert.deepEqual(keysAt(1), keys);
  assert.notDeepEqual(keysAt(2), keys);
  assert.equal(updateDropout(configOf(validateSettings({}))), undefined);
});

Deno.test("an update takes as many steps as there are minibatches in all its epochs", async () => {
  const stepsOf = async (given: Partial<Settings>) => {
    const settings = validateSettings({ ...tinySchedule, ...given });
    const ppo = await tinyPpo(given);
    let steps = 0;
    await ppo.train({ onStep: () => steps++ }).next();
    return [stepsAnUpdate(settings), steps];
  };
  // 2 timesteps of 3 answers: 2 epochs of 6 / 3 steps; of 6 / 1; of ceil(12 / 5); of one a timestep
  assert.deepEqual(await stepsOf({}), [4, 4]);
  assert.deepEqual(await stepsOf({ mini_batch_size: 1 }), [12, 12]);
  assert.deepEqual(await stepsOf({ num_return_sequences: 2, mini_batch_size: 5 }), [6, 6]);
  assert.deepEqual(await stepsOf({ shuffle_whole_batches: true, mini_batch_size: 1 }), [4, 4]);
});
