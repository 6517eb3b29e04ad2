/** Weights that are NaN or infinite are refused when a folder is read, and never written. */
import assert from "node:assert/strict";
import { readModelFolder, type Weight, writeModelFolder } from "../../lib/lm/mod.ts";
import { writeSafetensors } from "../../lib/files/mod.ts";

const model = await readModelFolder("tests/fixtures/gpt2_tiny");
const reward = await readModelFolder("tests/fixtures/reward_tiny", { valueHead: true });

/** Weights of which one has its last value replaced. */
const broken = (weights: ReadonlyMap<string, Weight>, name: string, value: number) =>
  new Map([...weights].map(([key, { shape, data }]) => [
    key,
    { shape, data: key === name ? data.with(data.length - 1, value) : data },
  ]));

/** A folder whose safetensors file has these weights. */
async function folderWith(of: typeof model, weights: ReadonlyMap<string, Weight>) {
  const folder = await Deno.makeTempDir();
  await writeModelFolder(folder, of);
  await writeSafetensors(`${folder}/model.safetensors`, weights);
  return folder;
}

const cases = [
  { of: model, name: "wte.weight", value: NaN },
  { of: model, name: "h.0.attn.c_attn.weight", value: Infinity },
  { of: model, name: "ln_f.bias", value: -Infinity },
  { of: reward, name: "value_fn.weight", value: NaN },
] as const;

for (const { of, name, value } of cases) {
  Deno.test(`"${name}" with ${value} is refused by name, in reading and in writing`, async () => {
    const weights = broken(of.weights, name, value);
    const length = weights.get(name)?.data.length;
    const folder = await folderWith(of, weights);
    const valueHead = of === reward;
    await assert.rejects(readModelFolder(folder, { valueHead }), {
      name: "RangeError",
      message: `Cannot use "${name}" of ${folder}/model.safetensors: it has the value ${value} ` +
        `(element ${length} of ${length}), so the training that wrote it diverged, or the file ` +
        "is damaged. Use an earlier checkpoint.",
    });
    const target = `${folder}/new`;
    await assert.rejects(writeModelFolder(target, { ...of, weights }), {
      message: new RegExp(`^Cannot use "${name}" of the weights for ${target}: it has the value`),
    });
    await assert.rejects(Deno.stat(target), Deno.errors.NotFound);
    await Deno.remove(folder, { recursive: true });
  });
}
