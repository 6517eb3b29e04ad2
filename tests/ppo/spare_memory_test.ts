/** Every way of saving memory, alone and together: the same losses, gradients and metrics. */
import assert from "node:assert/strict";
import type { Weight } from "../../lib/lm/mod.ts";
import { createPpo, type LoadedModel, type Metrics } from "../../lib/ppo/mod.ts";
import { type Settings } from "../../lib/settings/mod.ts";
import { assertMetrics } from "../helpers/assert_metrics.ts";
import { tinyInputs, tinyPolicy, tinyReward } from "../helpers/tiny.ts";

/** A model that can be read again, in memory of its own, as from a file. */
function onFile({ config, weights }: LoadedModel): LoadedModel & { readings: () => number } {
  const copy = (): Map<string, Weight> =>
    new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  let readings = 0;
  return {
    config,
    weights: copy(),
    reread: () => {
      readings++;
      return Promise.resolve(copy());
    },
    readings: () => readings,
  };
}

/** The metrics of a run whose models lie in files, and how often they were read again. */
async function run(given: Partial<Settings>) {
  const policy = onFile(tinyPolicy), reward = onFile(tinyReward);
  const ppo = await createPpo(tinyInputs(given, { policy, reward }));
  return {
    ppo,
    rows: await Array.fromAsync(ppo.train()),
    readings: { policy: policy.readings(), reward: reward.readings() },
  };
}

const plain = await run({});

function assertSameRows(found: readonly Metrics[], wanted: readonly Metrics[]): void {
  assert.equal(found.length, wanted.length);
  found.forEach((row, index) => assertMetrics(withoutSeconds(row), withoutSeconds(wanted[index])));
}

const withoutSeconds = (row: Metrics) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("seconds")));

const WAYS: readonly Partial<Settings>[] = [
  { spare_memory: true },
  { micro_batch_size: 1 },
  { micro_batch_size: 2, blocks_per_program: 1 },
  { blocks_per_program: 1 },
  { logits_at_once: 4 },
  { score_batch_size: 1 },
  { generate_batch_size: 2 },
  { micro_batch_size: 1, blocks_per_program: 1, logits_at_once: 2, spare_memory: true },
  {
    micro_batch_size: 2,
    blocks_per_program: 1,
    logits_at_once: 3,
    score_batch_size: 2,
    generate_batch_size: 1,
    spare_memory: true,
  },
];

for (const way of WAYS) {
  Deno.test(`two updates with ${JSON.stringify(way)}: the metrics of a run that spares nothing`, async () => {
    assertSameRows((await run(way)).rows, plain.rows);
  });
}

Deno.test("Adam in place and models from files change no bit", async () => {
  const { rows } = await run({ spare_memory: true });
  assert.deepEqual(rows.map(withoutSeconds), plain.rows.map(withoutSeconds));
});

Deno.test("frozen models are read when they are asked, and not kept", async () => {
  const { ppo, readings } = await run({ spare_memory: true });
  // four timesteps are scored by both, and two updates measure the KL to the reference
  assert.deepEqual(readings, { policy: 4 + 2, reward: 4 });
  assert.throws(() => ppo.reference, {
    message:
      "Cannot give the reference model: with spare_memory it is loaded only while it is used",
  });
  assert.deepEqual(plain.readings, { policy: 0, reward: 0 });
  assert.ok(plain.ppo.reference.wte.weight.dims.length === 2);
});

Deno.test("a model whose file has changed under the run is refused", async () => {
  const policy = onFile(tinyPolicy);
  const changed = async () => {
    const weights = new Map(await policy.reread?.());
    const { shape, data } = weights.get("wpe.weight") ?? { shape: [], data: new Float32Array() };
    return weights.set("wpe.weight", { shape, data: data.map((value) => value + 1) });
  };
  const ppo = await createPpo(
    tinyInputs({ spare_memory: true }, { policy: { ...policy, reread: changed } }),
  );
  await assert.rejects(Array.fromAsync(ppo.train()), {
    message: "Cannot go on: the weights of the reference model have changed since the run began",
  });
});
