import { deepEqual, equal, fail, rejects, throws } from "node:assert/strict";
import { readModelFolder, weightShapes, writeModelFolder } from "../../lib/lm/mod.ts";
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

Deno.test("a language model's folder is read with plain keys", async () => {
  const { config: { carried, ...config }, weights, tokenizer, settings } = await readModelFolder(
    GPT2,
  );
  deepEqual([carried?.resid_pdrop, carried?.initializer_range], [0, 0.2]);
  deepEqual(config, {
    vocabSize: 97,
    positions: 64,
    embed: 32,
    heads: 4,
    layers: 3,
    layerNormEpsilon: 1e-5,
  });
  deepEqual([...weights.keys()], [...weightShapes(config).keys()]);
  deepEqual(weights.get("h.1.mlp.c_fc.weight")?.shape, [32, 128]);
  equal(tokenizer.sepId, 3);
  equal(settings, undefined);
});

Deno.test("a reward model's folder has a value head", async () => {
  const { weights } = await readModelFolder(REWARD, { valueHead: true });
  deepEqual(weights.get("value_fn.weight")?.shape, [1, 32]);
  await rejects(readModelFolder(GPT2, { valueHead: true }), {
    message:
      `Cannot use ${GPT2} as a reward model: its weights have no value head (value_fn, score, v_head, ` +
      "value_head or summary). Train one from it: deno task reward --pretrained_model_path " + GPT2,
  });
});

for (const [name, source] of [["language", GPT2], ["reward", REWARD]] as const) {
  Deno.test(`a ${name} model is written as Hugging Face writes it, and read back the same`, () =>
    withFolder(async (folder) => {
      const model = await readModelFolder(source);
      await writeModelFolder(`${folder}/model`, { ...model, settings: { max_len: 64 } });
      const path = "model.safetensors";
      deepEqual(
        await Deno.readFile(`${folder}/model/${path}`),
        await Deno.readFile(`${source}/${path}`),
      );
      deepEqual(
        await Deno.readFile(`${folder}/model/vocab.txt`),
        await Deno.readFile(`${source}/vocab.txt`),
      );
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
    const renamed = new Map(
      [...stored].map(([key, value]) => [key.replace("transformer.", ""), value]),
    );
    renamed.set("h.0.attn.bias", { shape: [1], data: Int32Array.of(1) });
    renamed.set("h.0.attn.masked_bias", { shape: [], data: Float32Array.of(-1e4) });
    const { shape, data } = renamed.get("wte.weight") ?? fail();
    renamed.set("lm_head.weight", { shape, data: data.slice() });
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
      message: `Cannot use ${path}: it has "h.3.ln_1.bias", which this GPT-2 does not have`,
    });

    stored.delete("transformer.h.3.ln_1.bias");
    stored.set("transformer.wpe.weight", { shape: [32, 64], data: new Float32Array(2048) });
    await writeSafetensors(path, stored);
    await rejects(readModelFolder(folder), {
      message:
        `Cannot use "wpe.weight" of ${path}: it has shape [32, 64], but config.json requires [64, 32]. Check that both files come from the same checkpoint.`,
    });
  }));

Deno.test("a vocabulary that does not match the model is refused", () =>
  withCopy(async (folder) => {
    await Deno.writeTextFile(`${folder}/vocab.txt`, "多\n", { append: true });
    await rejects(readModelFolder(folder), {
      message:
        `Cannot use ${folder}: its vocabulary has 98 entries, but config.json has vocab_size 97. Check that both files come from the same checkpoint.`,
    });
  }));

Deno.test("an output layer of its own, or of the wrong shape, is refused by name", () =>
  withCopy(async (folder) => {
    const path = `${folder}/model.safetensors`;
    const stored = await readSafetensors(path);
    const { shape, data } = stored.get("transformer.wte.weight") ?? fail();
    const other = data.slice();
    other[7] = (other[7] ?? 0) + 1e-6;
    stored.set("lm_head.weight", { shape, data: other });
    await writeSafetensors(path, stored);
    await rejects(readModelFolder(folder), {
      message:
        `Cannot use "lm_head.weight" of ${path}: it differs from "wte.weight", and only a tied output layer is supported`,
    });
    stored.set("lm_head.weight", { shape: [32, 97], data });
    await writeSafetensors(path, stored);
    await rejects(readModelFolder(folder), {
      message:
        `Cannot use "lm_head.weight" of ${path}: it has shape [32, 97], but config.json requires [97, 32]. Check that both files come from the same checkpoint.`,
    });
  }));

Deno.test("a folder without weights says which files may hold them", () =>
  withCopy(async (folder) => {
    await Deno.remove(`${folder}/model.safetensors`);
    await rejects(readModelFolder(folder), {
      message:
        `Cannot read ${folder}: it has no weights. model.safetensors or pytorch_model.bin, ` +
        "whole or in shards with an index, is expected",
    });
  }));

/** A field, a value that is not supported, and what the error says is. */
const UNSUPPORTED: [field: string, value: unknown, supported: string][] = [
  ["model_type", "gpt_neo", '"gpt2"'],
  ["activation_function", "relu", '"gelu_new" or "gelu_pytorch_tanh" or "gelu_fast"'],
  ["activation_function", "gelu", '"gelu_new" or "gelu_pytorch_tanh" or "gelu_fast"'],
  ["tie_word_embeddings", false, "true"],
  ["scale_attn_weights", false, "true"],
  ["scale_attn_by_inverse_layer_idx", true, "false"],
  ["reorder_and_upcast_attn", "yes", "false or true"],
  ["add_cross_attention", true, "false"],
  ["quantization_config", { bits: 4 }, "null"],
];

for (const [field, value, supported] of UNSUPPORTED) {
  Deno.test(`${field} ${JSON.stringify(value)} is refused by name`, () => {
    throws(() => parseGpt2Config({ [field]: value }), {
      name: "RangeError",
      message: `Cannot use config.json: ${field} is ${
        JSON.stringify(value)
      }, and only ${supported} is supported`,
    });
  });
}

const SIZES = { vocab_size: 97, n_positions: 64, n_embd: 32, n_head: 4, n_layer: 3 };

Deno.test("the sizes of a configuration must fit each other", () => {
  throws(() => parseGpt2Config({ ...SIZES, n_head: 5 }), {
    message: "Cannot use config.json: n_embd 32 does not divide into n_head 5 equal parts",
  });
  throws(() => parseGpt2Config({ ...SIZES, n_inner: 0 }), {
    message: "Cannot use config.json: n_inner is 0, and a positive whole number is expected",
  });
  throws(() => parseGpt2Config({ ...SIZES, hidden_size: 64 }), {
    message: "Cannot use config.json: n_embd is 32, but hidden_size is 64",
  });
  throws(() => parseGpt2Config({ ...SIZES, pruned_heads: { "0": [1] } }), {
    message: 'Cannot use config.json: pruned_heads is {"0":[1]}, and no head may be pruned',
  });
  throws(() => parseGpt2Config({ ...SIZES, layer_norm_epsilon: "small" }), {
    message:
      'Cannot use config.json: layer_norm_epsilon is "small", and a positive number is expected',
  });
});

Deno.test("general names of sizes and an inner width of its own are understood", () => {
  const config = parseGpt2Config({
    vocab_size: 97,
    max_position_embeddings: 64,
    hidden_size: 32,
    num_attention_heads: 4,
    num_hidden_layers: 3,
    n_inner: 100,
    activation_function: "gelu_pytorch_tanh",
  });
  deepEqual(config, {
    vocabSize: 97,
    positions: 64,
    embed: 32,
    heads: 4,
    layers: 3,
    layerNormEpsilon: 1e-5,
    inner: 100,
  });
  deepEqual(weightShapes(config).get("h.2.mlp.c_fc.weight"), [32, 100]);
  deepEqual(parseGpt2Config({ ...SIZES, n_inner: 128 }).inner, undefined); // 4 x 32
});

Deno.test("a configuration without a size is refused by name", () => {
  throws(() => parseGpt2Config({ vocab_size: 97 }), {
    name: "TypeError",
    message:
      "Cannot use config.json: n_positions is undefined, and a positive whole number is expected",
  });
});

Deno.test("a model whose weights do not match is not written", () =>
  withFolder(async (folder) => {
    const model = await readModelFolder(GPT2);
    const weights = new Map(model.weights);
    weights.delete("wte.weight");
    await rejects(
      writeModelFolder(`${folder}/model`, { ...model, weights }),
      /it lacks "wte\.weight"/,
    );
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));
