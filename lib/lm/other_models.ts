/**
 * What is found in the place of a model and cannot be read: adapters, models in the formats of
 * other programs, checkpoints in parts. Each has the command that makes a model of it.
 */
import { fileExists, joinPath, readJsonRecord, resolvePath } from "../files/mod.ts";

/** An error about a path: what it leads to, and what to do. */
export const problem = (path: string, found: string, advice: string): Error =>
  new Error(`Cannot read a model from ${resolvePath(path)}: ${found}. ${advice}`);

/** A path as an argument of a command. */
export const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);

/** A few names, and how many more there are. */
export const few = (names: readonly string[]): string =>
  names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");

const CONVERT = "Convert it with transformers 4: GPT2LMHeadModel.from_pretrained(folder, ";

/** What a file is that holds no weights in a form that can be read, and how to convert it. */
const OTHER_FILES: readonly (readonly [name: RegExp, kind: string, advice: string])[] = [
  [/\.(zip|tar|tgz|tar\.gz|7z|rar)$/, "an archive", "Unpack it and name the folder."],
  [/\.(incomplete|part|crdownload|aria2)$/, "an unfinished download", "Download it again."],
  [/\.gguf$/, "a GGUF file of llama.cpp", "Use the Hugging Face model that it was made from."],
  [/\.onnx(_data)?$/, "an ONNX model", "Use the PyTorch model that it was exported from."],
  [
    /\.h5$/,
    "a TensorFlow model",
    CONVERT + "from_tf=True).save_pretrained(new)",
  ],
  [
    /\.msgpack$/,
    "a Flax model",
    CONVERT + "from_flax=True).save_pretrained(new)",
  ],
  [
    /\.ckpt[.-].*$|^checkpoint$/,
    "a TensorFlow checkpoint",
    "Convert it with transformers' models/gpt2/convert_gpt2_original_tf_checkpoint_to_pytorch.py",
  ],
];

/** Folders of training programs that hold no model yet, by a file in them. */
const UNMERGED: readonly (readonly [name: RegExp, kind: string, command: string])[] = [
  [/^zero_to_fp32\.py$/, "a DeepSpeed checkpoint", "python zero_to_fp32.py . pytorch_model.bin"],
  [
    /^model_world_size_\d+_rank_\d+\.pt$/,
    "a sharded checkpoint of verl",
    "python -m verl.model_merger merge --backend fsdp --local_dir . --target_dir merged",
  ],
  [
    /^(\.metadata|__\d+_\d+\.distcp)$/,
    "a distributed checkpoint of PyTorch",
    "python -m torch.distributed.checkpoint.format_utils dcp_to_torch . pytorch_model.bin",
  ],
];

/**
 * Refuses a folder with an adapter.
 *
 * @throws {Error} With the lines of Python that merge it with its model.
 */
export async function refuseAdapter(folder: string): Promise<never> {
  const { base_model_name_or_path: base } = await readJsonRecord(
    joinPath(folder, "adapter_config.json"),
  );
  const merged = `${resolvePath(folder)}-merged`;
  throw problem(
    folder,
    `it is an adapter (LoRA) for the model ${JSON.stringify(base ?? "unknown")}, not a whole model`,
    "Merge them in Python: " +
      `AutoPeftModelForCausalLM.from_pretrained(${JSON.stringify(resolvePath(folder))})` +
      `.merge_and_unload().save_pretrained(${JSON.stringify(merged)}); ` +
      "then copy the base model's vocab.txt there",
  );
}

/** What a file is that holds a model in another form, and how to convert it, as two sentences. */
export function otherFile(names: readonly string[]): [kind: string, advice: string] | undefined {
  const found = OTHER_FILES.find(([pattern]) => names.some((name) => pattern.test(name)));
  return found && [found[1], found[2]];
}

/**
 * Refuses a folder that holds something else than a model, if its files show what it is.
 *
 * @throws {Error} With the command that makes a model of it.
 */
export async function refuseOtherFolder(folder: string, names: readonly string[]): Promise<void> {
  if (await fileExists(joinPath(folder, "adapter_config.json"))) await refuseAdapter(folder);
  const [, kind, command] = UNMERGED.find(([pattern]) => names.some((n) => pattern.test(n))) ?? [];
  if (kind === undefined) return;
  const place = quoted(resolvePath(folder));
  throw problem(folder, `it is ${kind}`, `Convert it: cd ${place} && ${command}`);
}
