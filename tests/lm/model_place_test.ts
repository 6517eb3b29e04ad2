/** Paths that mean a model without being its folder, and what is said of those that mean none. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { readModelFolder, readModelSizes } from "../../lib/lm/mod.ts";
import { pathOf } from "../helpers/fixtures.ts";
import { withFiles, withFolder } from "../helpers/folder.ts";

const source = pathOf("gpt2_tiny");
const fileOf = (name: string) => Deno.readFile(`${source}/${name}`);
const config = await fileOf("config.json"), vocab = await fileOf("vocab.txt");
const weights = await fileOf("model.safetensors");
const bin = await Deno.readFile(pathOf("checkpoints/zip_bin/pytorch_model.bin"));

/** The files of a whole model in a folder. */
const modelIn = (folder: string) => ({
  [`${folder}config.json`]: config,
  [`${folder}vocab.txt`]: vocab,
  [`${folder}model.safetensors`]: weights,
});
const SNAPSHOT = "models--own--poems/snapshots/0a1b/";
const OLD = "models--own--poems/snapshots/9f9f/";

/** Files, a path in them that is followed, and the note about it. */
const FOLLOWED: [
  what: string,
  files: Record<string, unknown>,
  path: string,
  note: RegExp | undefined,
][] = [
  ["the folder", modelIn("m/"), "m", undefined],
  ["the folder with a slash", modelIn("m/"), "m/", undefined],
  ["the weights file", modelIn("m/"), "m/model.safetensors", /is a file: reading .*\/m$/],
  ["config.json", modelIn("m/"), "m/config.json", /is a file: reading .*\/m$/],
  ["vocab.txt", modelIn("m/"), "m/vocab.txt", /is a file: reading .*\/m$/],
  [
    "a weights file of another name beside the usual one",
    { ...modelIn("m/"), "m/model.safetensors": "damaged", "m/best.safetensors": weights },
    "m/best.safetensors",
    /best\.safetensors is a file/,
  ],
  [
    "a folder whose only weights file has another name",
    { "m/config.json": config, "m/vocab.txt": vocab, "m/epoch3.safetensors": weights },
    "m",
    /the weights are read from epoch3\.safetensors/,
  ],
  [
    "weights beside a trainer's states",
    {
      "m/config.json": config,
      "m/vocab.txt": vocab,
      "m/w.safetensors": weights,
      "m/optimizer.pt": bin,
      "m/training_args.bin": bin,
    },
    "m",
    /the weights are read from w\.safetensors/,
  ],
  [
    "a run folder with one checkpoint",
    { ...modelIn("run/checkpoint-480/"), "run/metrics.jsonl": "" },
    "run",
    /is a run folder: reading .*\/run\/checkpoint-480$/,
  ],
  ["a folder around one model", modelIn("a/b/"), "a", /is a folder: reading .*\/a\/b$/],
  [
    "a model of the hub's cache",
    { ...modelIn(SNAPSHOT), ...modelIn(OLD), "models--own--poems/refs/main": "0a1b" },
    "models--own--poems",
    /is a folder of the Hugging Face cache: reading .*\/0a1b$/,
  ],
  [
    "the root of the hub's cache with one model",
    modelIn(SNAPSHOT),
    ".",
    /is the Hugging Face cache: reading .*\/0a1b$/,
  ],
  [
    "a checkpoint whose tokenizer is in the run folder",
    {
      "run/checkpoint-9/config.json": config,
      "run/checkpoint-9/model.safetensors": weights,
      "run/vocab.txt": vocab,
    },
    "run/checkpoint-9",
    /has no tokenizer: reading that of .*\/run$/,
  ],
];

const expected = await readModelFolder(source);

for (const [what, files, path, note] of FOLLOWED) {
  Deno.test(`a path is followed to its model: ${what}`, () =>
    withFiles(files, async (folder) => {
      const notes: string[] = [];
      const tell = (text: string) => void notes.push(text);
      const model = await readModelFolder(`${folder}/${path}`, { tell });
      deepEqual(model.weights, expected.weights);
      deepEqual(await model.reread?.(), expected.weights);
      equal((await readModelSizes(`${folder}/${path}`)).config.layers, 3);
      equal(notes.length, note === undefined ? 0 : 1);
      if (note !== undefined) match(notes[0], note);
    }));
}

const ADAPTER = { "adapter_config.json": { base_model_name_or_path: "own/base" } };
const whole = { "config.json": config, "vocab.txt": vocab };

/** Files, a path in them that is refused, and what the error says after the full path. */
const REFUSED: [what: string, files: Record<string, unknown>, path: string, message: RegExp][] = [
  ["nothing", {}, "m", /: there is no such folder\. .* holds no model$/],
  [
    "a misspelt name",
    { ...modelIn("sft_model/"), ...modelIn("rm_model/") },
    "sft_modle",
    /there is no such folder\. The models in .* are sft_model, rm_model$/,
  ],
  ["a path under a file", { a: "" }, "a/b", /: there is no such folder\. /],
  ["a misspelt weights file", modelIn("m/"), "m/modle.safetensors", /there is no such file\. /],
  [
    "several checkpoints",
    { ...modelIn("run/checkpoint-96/"), ...modelIn("run/checkpoint-480/") },
    "run",
    /a run folder with 2 models \(checkpoint-96, checkpoint-480\)\. Name one of them, such as .*run\/checkpoint-480$/,
  ],
  [
    "an exported run",
    { ...modelIn("e/actor/"), ...modelIn("e/reward/") },
    "e",
    /a folder with 2 models \(actor, reward\)/,
  ],
  [
    "a run that has only a state",
    { "run/state-20-20/actor.safetensors": "", "run/settings.json": "{}" },
    "run",
    /a run folder with state-20-20 only\. .*continue it: deno task train --resume /,
  ],
  ["an adapter", ADAPTER, ".", /an adapter \(LoRA\) for the model "own\/base".*merge_and_unload/],
  [
    "an adapter with the base's config.json",
    { ...ADAPTER, ...whole, "adapter_model.safetensors": "" },
    ".",
    /an adapter \(LoRA\)/,
  ],
  [
    "the adapter's weights",
    { ...ADAPTER, "adapter_model.safetensors": "" },
    "adapter_model.safetensors",
    /an adapter \(LoRA\)/,
  ],
  [
    "DeepSpeed's shards",
    { "c/zero_to_fp32.py": "", "c/latest": "", "c/global_step9/mp_rank_00_model_states.pt": "" },
    "c",
    /a DeepSpeed checkpoint\. Convert it: cd .* && python zero_to_fp32\.py \. pytorch_model\.bin$/,
  ],
  [
    "verl's shards",
    { "c/model_world_size_2_rank_0.pt": "", "c/model_world_size_2_rank_1.pt": "" },
    "c",
    /a sharded checkpoint of verl.*verl\.model_merger/,
  ],
  ["PyTorch's shards", { "c/__0_0.distcp": "", "c/.metadata": "" }, "c", /dcp_to_torch/],
  ["an archive", { "m.tar.gz": "" }, "m.tar.gz", /it is an archive\. Unpack it/],
  ["a GGUF file", { "m.gguf": "" }, "m.gguf", /a GGUF file of llama\.cpp/],
  ["TensorFlow's weights", { ...whole, "tf_model.h5": "" }, ".", /a TensorFlow model\. .*from_tf/],
  ["Flax's weights", { ...whole, "flax_model.msgpack": "" }, ".", /a Flax model\. .*from_flax/],
  ["an ONNX model", { ...whole, "model.onnx": "" }, ".", /an ONNX model\. Use the PyTorch model/],
  [
    "weights without config.json",
    { "pytorch_model.bin": bin },
    "pytorch_model.bin",
    /it is a file, and its folder has no config\.json\. .*copy the missing files/,
  ],
  [
    "a folder of something else",
    { "d/train.json": "", "d/README.md": "" },
    "d",
    /it has no config\.json; it has README\.md, train\.json\. A model is a folder with/,
  ],
  [
    "shards without their index",
    { ...whole, "model-00001-of-00002.safetensors": "", "model-00002-of-00002.safetensors": "" },
    ".",
    /it has 2 shards \(.*\), but no model\.safetensors\.index\.json\. Copy the index/,
  ],
  [
    "an unfinished download",
    { ...whole, "pytorch_model.bin.incomplete": "" },
    ".",
    /It has an unfinished download\. Download it again/,
  ],
  [
    "two weights files of other names",
    { ...whole, "a.pt": bin, "b.pt": bin },
    ".",
    /no weights under their usual names, and 2 files that may hold them \(a\.pt, b\.pt\)/,
  ],
];

for (const [what, files, path, message] of REFUSED) {
  Deno.test(`a path is refused with what it leads to: ${what}`, () =>
    withFiles(files, async (folder) => {
      await rejects(readModelFolder(`${folder}/${path}`), (error) => {
        const text = error instanceof Error ? error.message : "";
        match(text, message);
        match(text, /^Cannot read (a model from )?\//); // the full path
        return true;
      });
    }));
}

Deno.test("a name on the hub is read from the cache, or comes with the command that downloads it", () =>
  withFiles(modelIn(SNAPSHOT), async (folder) => {
    const before = Deno.env.get("HF_HUB_CACHE");
    Deno.env.set("HF_HUB_CACHE", folder);
    try {
      deepEqual((await readModelFolder("own/poems")).weights, expected.weights);
      await rejects(
        readModelFolder("own/prose"),
        /download it: hf download own\/prose --local-dir own\/prose$/,
      );
    } finally {
      if (before === undefined) Deno.env.delete("HF_HUB_CACHE");
      else Deno.env.set("HF_HUB_CACHE", before);
    }
  }));

Deno.test("an empty folder is refused as one", () =>
  withFolder(async (folder) => {
    await rejects(readModelFolder(folder), /: it is empty\. A model is a folder with config\.json/);
  }));

Deno.test("an empty path and an unreplaced ~ are explained", async () => {
  await rejects(readModelFolder(""), { message: "Cannot read a model: its path is empty" });
  await rejects(readModelFolder("~/sft_model"), /The shell replaces ~ only outside quotes/);
});
