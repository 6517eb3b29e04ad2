/** Weights under the names of other programs: read where one model can be meant, else explained. */
import { deepEqual, equal, fail, match, rejects } from "node:assert/strict";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../../lib/files/mod.ts";
import {
  gpt2,
  padRows,
  readModelFolder,
  rowsSpec,
  uploadParameters,
  valueHead,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { jit, openDevice } from "../../lib/runtime/mod.ts";
import { assertNear, pathOf } from "../helpers/fixtures.ts";
import { withFolder } from "../helpers/folder.ts";
import { type Saved, torchFile } from "../helpers/torch_bytes.ts";

const GPT2 = pathOf("gpt2_tiny"), REWARD = pathOf("reward_tiny");
const model = await readModelFolder(GPT2), reward = await readModelFolder(REWARD);
const stored = await readSafetensors(`${GPT2}/model.safetensors`);
const storedReward = await readSafetensors(`${REWARD}/model.safetensors`);

/** The same tensors under other names. */
const renamed = (tensors: Iterable<[string, StoredTensor]>, rename: (key: string) => string) =>
  new Map(Array.from(tensors, ([key, tensor]) => [rename(key), tensor]));

/** Reads a folder with these weights, and the notes about it. */
function readWith(weights: ReadonlyMap<string, StoredTensor> | Saved) {
  return withFolder(async (folder) => {
    for (const name of ["config.json", "vocab.txt"]) {
      await Deno.copyFile(`${GPT2}/${name}`, `${folder}/${name}`);
    }
    if (weights instanceof Map) await writeSafetensors(`${folder}/model.safetensors`, weights);
    else {
      const bytes = await torchFile(weights as Saved);
      await Deno.writeFile(`${folder}/pytorch_model.bin`, bytes);
    }
    const notes: string[] = [];
    const tell = (note: string) => void notes.push(note.replaceAll(`${folder}/`, ""));
    return { ...await readModelFolder(folder, { tell }), notes };
  });
}

/** The text before or inside every key, and the note about it. */
const PREFIXES: [what: string, rename: (key: string) => string, prefix: string | undefined][] = [
  ["DataParallel", (key) => `module.${key}`, "module."],
  ["Lightning", (key) => `model.${key}`, "model."],
  ["TRL's wrapper", (key) => `pretrained_model.${key}`, "pretrained_model."],
  ["two wrappers", (key) => `module.model.${key}`, "module.model."],
  [
    "DeepSpeed-Chat",
    (key) => key.replace("transformer.", "rwtranrsformer."),
    "rwtranrsformer.",
  ],
  [
    "DeepSpeed-Chat, newer",
    (key) => key.replace("transformer.", "rwtransformer."),
    "rwtransformer.",
  ],
  ["torch.compile", (key) => `_orig_mod.${key}`, undefined],
  ["FSDP", (key) => key.replace(/(h\.\d+\.)/, "$1_fsdp_wrapped_module."), undefined],
];

for (const [what, rename, prefix] of PREFIXES) {
  Deno.test(`the names of ${what} give the same weights`, async () => {
    const { weights, notes } = await readWith(renamed(stored, rename));
    deepEqual(weights, model.weights);
    const note = `model.safetensors: the prefix "${prefix}" of its names is omitted`;
    deepEqual(notes, prefix === undefined ? [] : [note]);
  });
}

const dict = Object.fromEntries(stored);
const optimizer = { state: { 0: { step: 3, exp_avg: { shape: [1], data: new Float32Array(1) } } } };
/** Training checkpoints, and what the note names. */
const CHECKPOINTS: [what: string, value: Saved, note: string][] = [
  [
    "model_state_dict beside an optimizer",
    { epoch: 3, model_state_dict: dict, optimizer_state_dict: optimizer },
    'is a training checkpoint: its "model_state_dict" is read; optimizer_state_dict are left out',
  ],
  [
    "state_dict of Lightning",
    {
      global_step: 9,
      state_dict: Object.fromEntries(renamed(stored, (key) => `model.${key}`)),
    },
    'is a training checkpoint: its "state_dict" is read',
  ],
  ["model", { model: dict, iteration: 5 }, 'is a training checkpoint: its "model" is read'],
  [
    "a dictionary in a dictionary",
    { checkpoint: { module: dict, step: 1 } },
    'is a training checkpoint: its "checkpoint.module" is read',
  ],
];

for (const [what, value, note] of CHECKPOINTS) {
  Deno.test(`a training checkpoint is read: ${what}`, async () => {
    const { weights, notes } = await readWith(value);
    deepEqual(weights, model.weights);
    equal(notes[0], `pytorch_model.bin ${note}`);
  });
}

Deno.test("a file with only one of two tied tensors is read, as by transformers 5", async () => {
  const { weights, notes } = await readWith(
    renamed(stored, (key) => key === "transformer.wte.weight" ? "lm_head.weight" : key),
  );
  deepEqual(new Map([...weights].toSorted()), new Map([...model.weights].toSorted()));
  match(notes[0], /has no "wte.weight": the output layer, tied to it, is read instead/);
});

for (
  const [library, key] of [
    ["ours", "value_fn.weight"],
    ["transformers and OpenRLHF", "score.weight"],
    ["TRL", "v_head.summary.weight"],
    ["DeepSpeed-Chat", "v_head.weight"],
    ["older OpenRLHF", "value_head.weight"],
    ["transformers' SequenceSummary", "summary.weight"],
    ["DataParallel", "module.score.weight"],
  ]
) {
  Deno.test(`${key} (${library}) is read as a value head`, async () => {
    const outer = key.startsWith("module.") ? "module." : "";
    const { weights } = await readWith(
      renamed(storedReward, (name) => name === "value_fn.weight" ? key : outer + name),
    );
    deepEqual(weights, reward.weights);
  });
}

Deno.test("a value head's bias is added to every value", async () => {
  const bias = { shape: [1], data: Float32Array.of(1.25) };
  const { config, weights, notes } = await readWith(
    new Map([...renamed(storedReward, (key) => key.replace("value_fn", "v_head.summary")), [
      "v_head.summary.bias",
      bias,
    ]]),
  );
  const device = await openDevice("cpu", { threads: 1 });
  const spec = { parameters: valueModelSpec(config), rows: rowsSpec };
  const program = await jit(device, spec, ({ parameters, rows }) => ({
    values: valueHead(gpt2(parameters, rows, config), parameters),
  }));
  const valuesOf = async (parameters: typeof weights) => {
    const uploaded = await uploadParameters(device, spec.parameters, parameters);
    const rows = padRows([[2, 7, 9, 30, 3]], { padId: 0 });
    return [...await device.read((await program({ parameters: uploaded, rows })).values)];
  };
  const plain = await valuesOf(reward.weights);
  const expected = plain.map((value) => value + 1.25);
  assertNear(await valuesOf(weights), expected, { name: "values", tolerance: 1e-5 });
  match(notes[0], /the value head's bias 1.25 is added to ln_f.bias/);
});

for (const name of ["value_head.safetensors", "value_head.bin"]) {
  Deno.test(`the value head that LLaMA-Factory writes into ${name} is read`, () =>
    withFolder(async (folder) => {
      for (const file of ["config.json", "vocab.txt"]) {
        await Deno.copyFile(`${GPT2}/${file}`, `${folder}/${file}`);
      }
      const body = new Map(storedReward), head = storedReward.get("value_fn.weight") ?? fail();
      body.delete("value_fn.weight");
      await writeSafetensors(`${folder}/model.safetensors`, body);
      const own = { "v_head.summary.weight": { shape: head.shape, data: head.data } };
      if (name.endsWith("bin")) await Deno.writeFile(`${folder}/${name}`, await torchFile(own));
      else await writeSafetensors(`${folder}/${name}`, new Map(Object.entries(own)));
      const model = await readModelFolder(folder, { valueHead: true });
      deepEqual(model.weights, reward.weights);
      deepEqual(await model.reread?.(), reward.weights);
    }));
}

const square = { shape: [4, 4], data: new Float32Array(16) };
const { shape: [, embed] } = stored.get("transformer.wte.weight") ?? fail();
const twoLabels = { shape: [2, embed], data: new Float32Array(2 * embed) };
const transposed = { shape: [3 * embed, embed], data: new Float32Array(3 * embed * embed) };

/** Tensors that are not read, and what the error explains. */
const REFUSED: [what: string, tensors: Iterable<[string, StoredTensor]>, message: RegExp][] = [
  [
    "UER-py",
    [["embedding.word.embedding.weight", square], ["encoder.layer_norm.gamma", square]],
    /UER-py's; convert them with its scripts\/convert_gpt2_from_uer_to_huggingface\.py/,
  ],
  [
    "UER-py, older",
    [["embedding.word_embedding.weight", square], ["target.lm.output_layer.weight", square]],
    /it has "embedding\.word_embedding\.weight", "target\.lm\.output_layer\.weight": they are UER-py's/,
  ],
  [
    "Megatron-LM",
    [["model.language_model.embedding.word_embeddings.weight", square]],
    /Megatron-LM's; convert them with/,
  ],
  [
    "LLaMA",
    [["model.embed_tokens.weight", square], ["model.layers.0.mlp.up_proj.weight", square]],
    /a LLaMA-like model, and only GPT-2 is supported/,
  ],
  [
    "BERT",
    [["bert.embeddings.word_embeddings.weight", square]],
    /BERT's or BLOOM's, and only GPT-2 is supported/,
  ],
  ["nobody known", [["a", square], ["b", square]], /all other names of a GPT-2; it has "a", "b"$/],
  [
    "an adapter that is not merged",
    [...stored, ["transformer.h.0.attn.c_attn.lora_A.weight", square]],
    /they are a LoRA adapter's; merge it in Python/,
  ],
  [
    "two models",
    [
      ...renamed(stored, (key) => `actor.${key}`),
      ...renamed(stored, (key) => `critic.${key}`),
    ],
    /it holds 2 models, under "actor\.transformer\." and "critic\.transformer\."/,
  ],
  [
    "two value heads",
    [...storedReward, ["score.weight", storedReward.get("value_fn.weight") ?? fail()]],
    /it has 2 value heads \(score, value_fn\), and a reward model has one/,
  ],
  [
    "two labels",
    [...stored, ["score.weight", twoLabels]],
    /the value head of .*: it has 2 outputs \(num_labels\), and a reward model has one score/,
  ],
  [
    "an output of another name",
    [...stored, ["rank_head.weight", { shape: [1, embed], data: new Float32Array(embed) }]],
    /it has "rank_head\.weight", which this GPT-2 does not have\. A value head is named value_fn, /,
  ],
  [
    "an older BERT-like conversion",
    renamed(stored, (key) => key.replace("ln_f.weight", "ln_f.gamma")),
    /it lacks "ln_f\.weight"; it has "ln_f\.gamma" instead/,
  ],
  [
    "nanoGPT",
    [...stored, ["transformer.h.0.attn.c_attn.weight", transposed]],
    /its linear weights are \[out, in\], as nanoGPT stores them/,
  ],
];

for (const [what, tensors, message] of REFUSED) {
  Deno.test(`the weights of ${what} are refused with what they are`, async () => {
    await rejects(readWith(new Map(tensors)), message);
  });
}
