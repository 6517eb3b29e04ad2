/** Nothing grows with the number of updates: programs serve every length and batch, and a timestep asks them as often as the first. */
import assert from "node:assert/strict";
import { createPpo } from "../../lib/ppo/mod.ts";
import { countingDevice } from "../helpers/counting_device.ts";
import { device, tinyInputs } from "../helpers/tiny.ts";

/** Programs compiled, and runs of each kind, after every timestep of a run whose prompts and answers have many lengths. */
async function countsOfRun(given: Parameters<typeof tinyInputs>[0]) {
  const counting = countingDevice(device);
  const ppo = await createPpo(
    tinyInputs({ ...given, max_timesteps: 8, update_timesteps: 2 }, { device: counting.device }),
  );
  const programs = [counting.programs()];
  const runs: ReadonlyMap<string, number>[] = [];
  const widths = new Set<number>();
  const onPool = (
    { pool }: { pool: readonly { prompt: readonly number[]; answer: readonly number[] }[] },
  ) => {
    for (const { prompt, answer } of pool) widths.add(prompt.length + answer.length);
  };
  for await (const _ of ppo.train({ onPool })) {
    programs.push(counting.programs());
    runs.push(counting.counts());
  }
  return { programs, runs, widths: widths.size };
}

for (
  const given of [{}, {
    micro_batch_size: 1,
    score_batch_size: 1,
    blocks_per_program: 1,
    logits_at_once: 4,
  }]
) {
  Deno.test(`four updates of rows of many lengths compile no program after the first, with ${JSON.stringify(given)}`, async () => {
    const { programs, runs, widths } = await countsOfRun(given);
    assert.ok(widths > 6, `${widths} lengths`);
    assert.equal(programs.length, 5);
    assert.deepEqual(new Set(programs), new Set([programs[0]]));
    const steps = runs.map((counts) => counts.get("parameter,first,second") ?? 0);
    // Adam: actor and critic, two epochs an update, six answers in two minibatches, all parameters in one call
    assert.deepEqual(steps, [8, 16, 24, 32]);
  });
}

Deno.test("log-probabilities of the policy that sampled come from generation: only the reference scores answers", async () => {
  const { runs } = await countsOfRun({});
  // two timesteps an update, three answers in one group each
  assert.deepEqual(runs.map((counts) => counts.get("logProbs")), [2, 4, 6, 8]);
  assert.deepEqual(runs.map((counts) => counts.get("values")), [4, 8, 12, 16]); // critic and reward model
});
