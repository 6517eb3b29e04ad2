/**
 * Every form in which PyTorch and transformers write one GPT-2 (`scripts/fixtures/checkpoints.py`) gives PyTorch's logits.
 */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readSafetensors, type StoredTensor } from "../../lib/files/mod.ts";
import { createGenerator } from "../../lib/decode/mod.ts";
import {
  gpt2,
  gpt2Spec,
  languageHead,
  type ModelFolder,
  padRows,
  plainSampling,
  readModelFolder,
  rowsSpec,
  uploadParameters,
  valueHead,
  valueModelSpec,
  writeModelFolder,
} from "../../lib/lm/mod.ts";
import { jit, openDevice } from "../../lib/runtime/mod.ts";
import { assertNear } from "../helpers/fixtures.ts";

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/checkpoints/${name}`, import.meta.url));
const device = await openDevice("cpu", { threads: 1 });
const expected = await readSafetensors(pathOf("expected.safetensors"));

function find(name: string): StoredTensor {
  const tensor = expected.get(name);
  ok(tensor !== undefined, name);
  return tensor;
}

const lengths = [...find("lengths").data];
const time = Math.max(...lengths);
const rows = lengths.map((
  length,
  row,
) => [...find("input_ids").data.subarray(row * time, row * time + length)]);

/** The numbers of [batch, time, ...] at real tokens. */
function atTokens(data: ArrayLike<number>): number[] {
  const width = data.length / (lengths.length * time);
  const isReal = (token: number) => token % time < (lengths[Math.floor(token / time)] ?? 0);
  return Array.from(data).filter((_, index) => isReal(Math.floor(index / width)));
}

async function logitsOf({ config, weights }: ModelFolder): Promise<number[]> {
  const spec = { parameters: gpt2Spec(config), rows: rowsSpec };
  const program = await jit(device, spec, ({ parameters, rows }) => ({
    logits: languageHead(gpt2(parameters, rows, config), parameters),
  }));
  const parameters = await uploadParameters(device, spec.parameters, weights);
  const { logits } = await program({ parameters, rows: padRows(rows, { padId: 0 }) });
  return atTokens(await device.read(logits));
}

async function valuesOf({ config, weights }: ModelFolder): Promise<number[]> {
  const spec = { parameters: valueModelSpec(config), rows: rowsSpec };
  const program = await jit(device, spec, ({ parameters, rows }) => ({
    values: valueHead(gpt2(parameters, rows, config), parameters),
  }));
  const parameters = await uploadParameters(device, spec.parameters, weights);
  const { values } = await program({ parameters, rows: padRows(rows, { padId: 0 }) });
  return atTokens(await device.read(values));
}

/** Folder, and which of PyTorch's logits it must give. */
const FOLDERS: [folder: string, logits: string][] = [
  ["zip_bin", "logits"],
  ["legacy_bin", "logits"],
  ["safetensors", "logits"],
  ["sharded_bin", "logits"],
  ["sharded_safetensors", "logits"],
  ["strided_bin", "logits"],
  ["strided_legacy_bin", "logits"],
  ["parameters_bin", "logits"],
  ["double_bin", "logits"],
  ["body_bin", "logits"],
  ["wide_inner", "wide_inner"],
  ["half_bin", "half"],
  ["half_legacy_bin", "half"],
  ["half_safetensors", "half"],
  ["brain_bin", "brain"],
  ["brain_safetensors", "brain"],
];

for (const [folder, logits] of FOLDERS) {
  Deno.test(`${folder} gives PyTorch's logits`, async () => {
    const found = await logitsOf(await readModelFolder(pathOf(folder)));
    assertNear(found, atTokens(find(logits).data), { name: folder, tolerance: 1e-5 });
  });
}

Deno.test("every form holds the same values", async () => {
  const { weights } = await readModelFolder(pathOf("safetensors"));
  for (const [folder, logits] of FOLDERS.filter(([, logits]) => logits === "logits")) {
    deepEqual((await readModelFolder(pathOf(folder))).weights, weights, `${folder} ${logits}`);
  }
});

Deno.test("a reward model from pytorch_model.bin gives PyTorch's values", async () => {
  const model = await readModelFolder(pathOf("reward_zip_bin"), { valueHead: true });
  assertNear(await valuesOf(model), atTokens(find("values").data), { name: "values" });
});

/** What transformers' `generate` answers to both prompts with `do_sample=False`. */
const GREEDY = {
  zip_bin: [[5, 5, 22, 22, 22, 22, 22, 22], [8, 8, 18, 18, 0, 0, 22, 22]],
  wide_inner: [[2, 2, 2, 2, 2, 2, 2, 2], [8, 0, 0, 7, 7, 7, 7, 7]],
};

for (const [folder, answers] of Object.entries(GREEDY)) {
  Deno.test(`${folder}, with heads of 5 channels, generates what transformers generates`, async () => {
    const { config, weights } = await readModelFolder(pathOf(folder));
    const special = { padId: 0, endId: 3 };
    const generator = await createGenerator(device, config, {
      sampling: plainSampling,
      special,
      greedy: true,
    });
    const parameters = await uploadParameters(device, gpt2Spec(config), weights, { share: true });
    const prompts = [[2, 7, 9, 30, 11, 5], [2, 8]];
    const found = await generator.generate(parameters, prompts, {
      maxNewTokens: 8,
      uniform: () => 0.5,
    });
    deepEqual(found.map(({ tokens }) => [...tokens]), answers);
    await generator.release();
  });
}

Deno.test("a stored output layer that differs from the embedding is refused", async () => {
  const folder = pathOf("other_head_bin");
  await rejects(readModelFolder(folder), {
    message:
      `Cannot use "lm_head.weight" of ${folder}/pytorch_model.bin: it differs from "wte.weight", and only a tied output layer is supported`,
  });
});

Deno.test("what was read from pytorch_model.bin is written as safetensors with the same values", async () => {
  const target = await Deno.makeTempDir();
  try {
    const model = await readModelFolder(pathOf("wide_inner"));
    await writeModelFolder(target, model);
    const back = await readModelFolder(target);
    deepEqual(back.weights, model.weights);
    deepEqual(back.config, model.config);
    equal(back.config.inner, 22);
  } finally {
    await Deno.remove(target, { recursive: true });
  }
});
