import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { readModelFolder, weightShapes, writeModelFolder } from "../../lib/lm/checkpoint.ts";
import { parseGpt2Config } from "../../lib/lm/config.ts";
import { readSafetensors, writeSafetensors } from "../../lib/files/mod.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const GPT2 = `${FIXTURES}gpt2_tiny`;
const REWARD = `${FIXTURES}reward_tiny`;

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A copy of the tiny model that a test may spoil. */
function withCopy(use: (folder: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    for (const name of ["config.json", "model.safetensors", "vocab.txt"]) {
      await Deno.copyFile(`${GPT2}/${name}`, `${folder}/${name}`);
    }
    await use(folder);
  });
}

async function changeConfig(folder: string, change: { [field: string]: unknown }): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ ...config, ...change }));
}

Deno.test("a language model's folder is read with plain keys", async () => {
  const { config, weights, tokenizer, settings } = await readModelFolder(GPT2);
  deepEqual(config, { vocabSize: 97, positions: 64, embed: 32, heads: 4, layers: 3, layerNormEpsilon: 1e-5 });
  deepEqual([...weights.keys()], [...weightShapes(config).keys()]);
  deepEqual(weights.get("h.1.mlp.c_fc.weight")?.shape, [32, 128]);
  equal(tokenizer.sepId, 3);
  equal(settings, undefined);
});

Deno.test("a reward model's folder has a value head", async () => {
  const { weights } = await readModelFolder(REWARD, { valueHead: true });
  deepEqual(weights.get("value_fn.weight")?.shape, [1, 32]);
  await rejects(readModelFolder(GPT2, { valueHead: true }), {
    message: `Cannot use ${GPT2} as a reward model: it has no "value_fn.weight"`,
  });
});

for (const [name, source] of [["language", GPT2], ["reward", REWARD]] as const) {
  Deno.test(`a ${name} model is written as Hugging Face writes it, and read back the same`, () =>
    withFolder(async (folder) => {
      const model = await readModelFolder(source);
      await writeModelFolder(`${folder}/model`, { ...model, settings: { max_len: 64 } });
      const path = "model.safetensors";
      deepEqual(await Deno.readFile(`${folder}/model/${path}`), await Deno.readFile(`${source}/${path}`));
      deepEqual(await Deno.readFile(`${folder}/model/vocab.txt`), await Deno.readFile(`${source}/vocab.txt`));
      const back = await readModelFolder(`${folder}/model`);
      deepEqual(back.config, model.config);
      deepEqual(back.weights, model.weights);
      deepEqual(back.settings, { max_len: 64 });
      const written = JSON.parse(await Deno.readTextFile(`${folder}/model/config.json`));
      equal(written.architectures[0], name === "language" ? "GPT2LMHeadModel" : "RewardModel");
      deepEqual([written.bos_token_id, written.eos_token_id, written.pad_token_id], [2, 3, 0]);
    }));
}

Deno.test("keys without prefix, old mask buffers and the tied head are understood", () =>
  withCopy(async (folder) => {
    const path = `${folder}/model.safetensors`;
    const stored = await readSafetensors(path);
    const renamed = new Map([...stored].map(([key, value]) => [key.replace("transformer.", ""), value]));
    renamed.set("h.0.attn.bias", { shape: [1], data: Int32Array.of(1) });
    renamed.set("h.0.attn.masked_bias", { shape: [], data: Float32Array.of(-1e4) });
    renamed.set("lm_head.weight", { shape: [1], data: new Float32Array(1) });
    await writeSafetensors(path, renamed);
    deepEqual((await readModelFolder(folder)).weights, (await readModelFolder(GPT2)).weights);
  }));

Deno.test("a key that is missing, unknown or of the wrong shape is named", () =>
  withCopy(async (folder) => {
    const path = `${folder}/model.safetensors`;
    const stored = await readSafetensors(path);
    const bias = stored.get("transformer.ln_f.bias");
    stored.delete("transformer.ln_f.bias");
    await writeSafetensors(path, stored);
    await rejects(readModelFolder(folder), { message: `Cannot use ${path}: it lacks "ln_f.bias"` });

    stored.set("transformer.ln_f.bias", bias ?? { shape: [], data: new Float32Array(1) });
    stored.set("transformer.h.3.ln_1.bias", { shape: [1], data: new Float32Array(1) });
    await writeSafetensors(path, stored);
    await rejects(readModelFolder(folder), {
      message: `Cannot use ${path}: it has "h.3.ln_1.bias", which this GPT-2 does not know`,
    });

    stored.delete("transformer.h.3.ln_1.bias");
    stored.set("transformer.wpe.weight", { shape: [32, 64], data: new Float32Array(2048) });
    await writeSafetensors(path, stored);
    await rejects(readModelFolder(folder), {
      message: `Cannot use "wpe.weight" of ${path}: it has shape [32, 64], and config.json asks for [64, 32]`,
    });
  }));

Deno.test("a vocabulary that does not match the model is refused", () =>
  withCopy(async (folder) => {
    await Deno.writeTextFile(`${folder}/vocab.txt`, "多\n", { append: true });
    await rejects(readModelFolder(folder), {
      message: `Cannot use ${folder}: vocab.txt has 98 entries, but config.json says vocab_size 97`,
    });
  }));

Deno.test("a folder with pytorch_model.bin alone is refused with what is expected", () =>
  withCopy(async (folder) => {
    await Deno.rename(`${folder}/model.safetensors`, `${folder}/pytorch_model.bin`);
    await rejects(readModelFolder(folder), {
      message: `Cannot read ${folder}: it has pytorch_model.bin, and model.safetensors is expected`,
    });
  }));

Deno.test("a configuration that is not supported is refused by name", () =>
  withCopy(async (folder) => {
    await changeConfig(folder, { activation_function: "relu" });
    await rejects(readModelFolder(folder), {
      message:
        `Cannot use ${folder}/config.json: activation_function is "relu", and only "gelu_new" is supported`,
    });
    await changeConfig(folder, { activation_function: "gelu_new", n_head: 5 });
    await rejects(readModelFolder(folder), {
      message: `Cannot use ${folder}/config.json: n_embd 32 does not divide into n_head 5 equal parts`,
    });
    await changeConfig(folder, { n_head: 4, n_inner: 64 });
    await rejects(readModelFolder(folder), {
      message: `Cannot use ${folder}/config.json: n_inner is 64, and only 4 n_embd = 128 is supported`,
    });
  }));

Deno.test("a configuration without a size is refused by name", () => {
  throws(() => parseGpt2Config({ vocab_size: 97 }), {
    name: "TypeError",
    message: "Cannot use config.json: n_positions is undefined, and a positive whole number is expected",
  });
});

Deno.test("a model whose weights do not match is not written", () =>
  withFolder(async (folder) => {
    const model = await readModelFolder(GPT2);
    const weights = new Map(model.weights);
    weights.delete("wte.weight");
    await rejects(writeModelFolder(`${folder}/model`, { ...model, weights }), /it lacks "wte\.weight"/);
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));
