/**
 * A two-layer GPT-2 on the GPU as on the CPU: generation, three timesteps of PPO and one update, with ONNX Runtime's fall-back to the
 * CPU switched off (lib/runtime/gpu_device.ts).
 */
import assert from "node:assert/strict";
import { measureScores, type Metrics, type PoolReport } from "../../lib/ppo/mod.ts";
import { type Settings } from "../../lib/settings/mod.ts";
import type { Device } from "../../lib/runtime/mod.ts";
import { assertMetrics } from "../helpers/assert_metrics.ts";
import { relativeError } from "../helpers/fixtures.ts";
import { device as cpu, tinyInputs, tinyPpo, tinyPrompts } from "../helpers/tiny.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

/** Three timesteps of three prompts, then one update. */
const schedule: Partial<Settings> = { max_timesteps: 3, update_timesteps: 3, ppo_epoch: 1 };

/** What a run of that schedule samples and logs. */
async function run(device: Device, given: Partial<Settings>) {
  const ppo = await tinyPpo({ ...schedule, ...given }, { device });
  const pools: PoolReport[] = [], rows: Metrics[] = [];
  for await (const row of ppo.train({ onPool: (report) => pools.push(report) })) rows.push(row);
  return { ppo, pool: pools.flatMap(({ pool }) => pool), rows };
}

/** Every kind of cut-off and penalty at once; what draws without them is a part of these programs. */
const cutOffs: Partial<Settings> = {
  top_k: 6,
  top_p: 0.9,
  temperature: 0.8,
  repetition_penalty: 1.3,
};

await onWebGpu("PPO", (gpu) => {
  Deno.test("three timesteps and an update are the CPU's on the GPU, and further ones leave nothing there", async () => {
    const [there, here] = [await run(gpu, cutOffs), await run(cpu, cutOffs)];
    assert.equal(here.pool.length, 9);
    assert.deepEqual(there.pool.map(({ answer }) => answer), here.pool.map(({ answer }) => answer));
    assert.deepEqual(
      there.pool.map(({ samplingMask }) => samplingMask),
      here.pool.map(({ samplingMask }) => samplingMask),
    );
    assert.equal(here.rows.length, 1);
    there.rows.forEach((row, index) => assertMetrics(row, here.rows[index], 1e-3));
    const held: (readonly [arrays: number, bytes: number])[] = [];
    for (const update of [1, 2, 3]) {
      await there.ppo.learn(await there.ppo.experience(update, tinyPrompts.slice(0, 3)), update);
      const { arrays, bytes } = gpu.usage();
      held.push([arrays, bytes]);
    }
    assert.ok(held[0][0] > 0);
    for (const later of held) assert.deepEqual(later, held[0]); // neither generation nor an update leaves anything behind
  });

  for (const given of [{}, { do_sample: false }]) {
    Deno.test(`answers sampled on the GPU are the CPU's, with ${JSON.stringify(given)}`, async () => {
      const sampled = async (device: Device) =>
        (await (await tinyPpo(given, { device })).experience(1, tinyPrompts)).map(({ answer }) =>
          answer
        );
      const here = await sampled(cpu);
      assert.ok(new Set(here.map(String)).size > 4); // not the same for all
      assert.deepEqual(await sampled(gpu), here);
    });
  }

  Deno.test("scores measured on the GPU are the CPU's, and no model stays there", async () => {
    const held = gpu.usage();
    const there = await measureScores(tinyInputs({}, { device: gpu }));
    assert.deepEqual([gpu.usage().arrays, gpu.usage().bytes], [held.arrays, held.bytes]);
    assertMetrics({ ...there }, { ...await measureScores(tinyInputs({})) }, 1e-3);
  });

  Deno.test("a gradient in parts, one block a program, is the CPU's on the GPU", async () => {
    const given = { blocks_per_program: 1 };
    const here = await tinyPpo(given);
    const pool = await here.experience(1, tinyPrompts);
    const wanted = await here.actorGradient(pool);
    const found = await (await tinyPpo(given, { device: gpu })).actorGradient(pool);
    assertMetrics({ loss: found.loss }, { loss: wanted.loss }, 1e-3);
    for (const [name, { data }] of wanted.gradients) {
      assert.ok(relativeError(found.gradients.get(name)?.data ?? [], data) < 1e-3, name);
    }
  });
});
