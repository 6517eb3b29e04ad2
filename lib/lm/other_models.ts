/**
 * What is found in the place of a model and cannot be read: adapters, models in the formats of
 * other programs, checkpoints in parts. Each has the command that makes a model of it.
 */
import { fileExists, joinPath, readJsonRecord, resolvePath } from "../files/mod.ts";
import { say, type Text } from "../text/mod.ts";

/** An error about a path: what it leads to, and what to do. */
export function problem(path: string, found: Text, advice: Text): Error {
  const place = resolvePath(path);
  return new Error(say({
    en: `Cannot read a model from ${place}: ${found.en}. ${advice.en}`,
    zh: `无法从 ${place} 读取模型：${found.zh}。${advice.zh}`,
  }));
}

/** A path as an argument of a command. */
export const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);

/** A few names, and how many more there are. */
export function few(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 5), names.length - 5];
  const [en, zh] = more > 0 ? [` and ${more} more`, ` 等，另有 ${more} 个`] : ["", ""];
  return say({ en: shown.join(", ") + en, zh: shown.join("、") + zh });
}

/** A file that holds a model in another form. */
export interface OtherFile {
  /** What it is. */
  readonly kind: Text;
  /** How to convert it, as a sentence. */
  readonly advice: Text;
}

/** How to convert a model with transformers 4. */
function converted(framework: string): Text {
  const call = `GPT2LMHeadModel.from_pretrained(folder, ${framework}=True).save_pretrained(new)`;
  return { en: `Convert it with transformers 4: ${call}`, zh: `请用 transformers 4 转换：${call}` };
}

const TF_SCRIPT = "models/gpt2/convert_gpt2_original_tf_checkpoint_to_pytorch.py";

/** What a file is that holds no weights in a form that can be read, and how to convert it. */
const OTHER_FILES: readonly (OtherFile & { readonly name: RegExp })[] = [
  {
    name: /\.(zip|tar|tgz|tar\.gz|7z|rar)$/,
    kind: { en: "an archive", zh: "压缩包" },
    advice: { en: "Unpack it and name the folder.", zh: "请解压，再给出文件夹。" },
  },
  {
    name: /\.(incomplete|part|crdownload|aria2)$/,
    kind: { en: "an unfinished download", zh: "没有下载完的文件" },
    advice: { en: "Download it again.", zh: "请重新下载。" },
  },
  {
    name: /\.gguf$/,
    kind: { en: "a GGUF file of llama.cpp", zh: " llama.cpp 的 GGUF 文件" },
    advice: {
      en: "Use the Hugging Face model that it was made from.",
      zh: "请用生成它的 Hugging Face 模型。",
    },
  },
  {
    name: /\.onnx(_data)?$/,
    kind: { en: "an ONNX model", zh: " ONNX 模型" },
    advice: {
      en: "Use the PyTorch model that it was exported from.",
      zh: "请用导出它的 PyTorch 模型。",
    },
  },
  {
    name: /\.h5$/,
    kind: { en: "a TensorFlow model", zh: " TensorFlow 模型" },
    advice: converted("from_tf"),
  },
  {
    name: /\.msgpack$/,
    kind: { en: "a Flax model", zh: " Flax 模型" },
    advice: converted("from_flax"),
  },
  {
    name: /\.ckpt[.-].*$|^checkpoint$/,
    kind: { en: "a TensorFlow checkpoint", zh: " TensorFlow 检查点" },
    advice: {
      en: `Convert it with transformers' ${TF_SCRIPT}`,
      zh: `请用 transformers 的 ${TF_SCRIPT} 转换`,
    },
  },
];

/** Folders of training programs that hold no model yet, by a file in them. */
const UNMERGED: readonly (readonly [name: RegExp, kind: Text, command: string])[] = [
  [
    /^zero_to_fp32\.py$/,
    { en: "a DeepSpeed checkpoint", zh: " DeepSpeed 检查点" },
    "python zero_to_fp32.py . pytorch_model.bin",
  ],
  [
    /^model_world_size_\d+_rank_\d+\.pt$/,
    { en: "a sharded checkpoint of verl", zh: " verl 的分片检查点" },
    "python -m verl.model_merger merge --backend fsdp --local_dir . --target_dir merged",
  ],
  [
    /^(\.metadata|__\d+_\d+\.distcp)$/,
    { en: "a distributed checkpoint of PyTorch", zh: " PyTorch 的分布式检查点" },
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
  const [place, merged] = [resolvePath(folder), `${resolvePath(folder)}-merged`]
    .map((path) => JSON.stringify(path));
  const code = `AutoPeftModelForCausalLM.from_pretrained(${place})` +
    `.merge_and_unload().save_pretrained(${merged})`;
  const name = JSON.stringify(base ?? "unknown");
  throw problem(folder, {
    en: `it is an adapter (LoRA) for the model ${name}, not a whole model`,
    zh: `它是模型 ${name} 的适配器 (LoRA)，不是完整的模型`,
  }, {
    en: `Merge them in Python: ${code}; then copy the base model's vocab.txt there`,
    zh: `请在 Python 中合并：${code}；再把基础模型的 vocab.txt 复制过去`,
  });
}

/** The first kind of file that is among the names and holds a model in another form. */
export const otherFile = (names: readonly string[]): OtherFile | undefined =>
  OTHER_FILES.find(({ name: pattern }) => names.some((name) => pattern.test(name)));

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
  throw problem(folder, { en: `it is ${kind.en}`, zh: `它是${kind.zh}` }, {
    en: `Convert it: cd ${place} && ${command}`,
    zh: `请转换：cd ${place} && ${command}`,
  });
}
