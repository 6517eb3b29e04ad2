/**
 * The weights of a GPT-2, read from any file format that Hugging Face's folders use.
 *
 * Names inside the library have no `transformer.` before them: `wte.weight`,
 * `h.0.attn.c_attn.weight`, `value_fn.weight`. Linear weights are [in, out], as GPT-2's Conv1D
 * stores them; only `value_fn.weight` is [1, embed]. Names, shapes and number formats are checked
 * before the first value is read, and each value is in memory once.
 */
import {
  fileExists,
  fileName,
  joinPath,
  openSafetensors,
  openShards,
  openTorchFile,
  readTensors,
  type TensorFile,
  type TensorView,
} from "../files/mod.ts";
import { newFloats } from "../runtime/mod.ts";
import type { Gpt2Config } from "./config.ts";
import { requireUsable } from "./expect_fields.ts";
import type { Tell } from "./tell.ts";
import { foldHeadBias } from "./value_head.ts";
import {
  LANGUAGE_HEAD,
  nameKeys,
  PREFIX,
  TOKEN_EMBEDDING,
  twoNames,
  VALUE_BIAS,
} from "./weight_names.ts";
import {
  checkNames,
  checkPlaces,
  checkWeight,
  type StoredWeight,
  weightIn,
} from "./weight_checks.ts";

/** One weight: its shape and its values in row-major order. */
export interface Weight {
  /** Sizes of the axes, outermost first. */
  shape: number[];
  /** Values in row-major order. */
  data: Float32Array;
}

/** The same tensors under names without prefix. */
function withoutPrefix<T>(stored: Iterable<[string, T]>, path: string): Map<string, T> {
  const named = new Map<string, T>();
  for (const [key, tensor] of stored) {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key;
    requireUsable(!named.has(name), path, twoNames(name));
    named.set(name, tensor);
  }
  return named;
}

const samePlace = (a: TensorView, b: TensorView): boolean =>
  a.storage === b.storage && a.offset === b.offset && a.format === b.format &&
  a.shape.join() === b.shape.join() && a.strides.join() === b.strides.join();

/**
 * Fails unless a stored output layer equals the token embedding: an untied one is not supported.
 */
async function checkTied(
  file: TensorFile,
  head: StoredWeight,
  embedding: Weight & { readonly view: TensorView },
): Promise<void> {
  checkWeight(LANGUAGE_HEAD, head, embedding.shape, file.path);
  if (samePlace(head, embedding.view)) return;
  for await (const [, { data }] of readTensors(file, [head.key])) {
    const isTied = data.every((value, index) => Object.is(value, embedding.data[index]));
    requireUsable(isTied, weightIn(LANGUAGE_HEAD, file.path), {
      en: `it differs from "${TOKEN_EMBEDDING}", and only a tied output layer is supported`,
      zh: `它与“${TOKEN_EMBEDDING}”不同，只支持与词嵌入共享权重的输出层`,
    });
  }
}

/** The tensors of an open file under the library's names. */
function namedViews({ path, views, groups }: TensorFile, tell: Tell): Map<string, StoredWeight> {
  const stored = [...views.keys()].filter((key) => !isMask(key));
  const { keys, notes } = nameKeys(stored, { path, groups });
  notes.forEach(tell);
  const named = new Map<string, StoredWeight>();
  for (const [name, key] of keys) {
    const view = views.get(key);
    if (view !== undefined) named.set(name, { ...view, key });
  }
  return named;
}

/** The weights of an open file: checked, then read one storage after the other. */
async function weightsOf(
  file: TensorFile,
  config: Gpt2Config,
  tell: Tell,
): Promise<Map<string, Weight>> {
  const { path } = file;
  const named = namedViews(file, tell);
  const head = named.get(LANGUAGE_HEAD), bias = named.get(VALUE_BIAS);
  named.delete(LANGUAGE_HEAD);
  named.delete(VALUE_BIAS);
  const stored = checkNames(named, config, path);
  if (bias !== undefined) {
    checkWeight(VALUE_BIAS, bias, [1], path);
    stored.push([VALUE_BIAS, bias]);
  }
  checkPlaces(stored, path);
  const names = new Map(stored.map(([name, { key }]) => [key, name]));
  // in the model's order
  const weights = new Map(stored.map(([name]): [string, Weight] => [name, NOT_READ]));
  for await (const [key, { shape, data }] of readTensors(file, names.keys(), { newFloats })) {
    const name = names.get(key) ?? key, view = named.get(name);
    const isFloat = data instanceof Float32Array;
    const whole = { en: "it holds whole numbers", zh: "它存的是整数" };
    requireUsable(isFloat, weightIn(name, path), whole, TypeError);
    requireFinite(name, data, path);
    weights.set(name, { shape, data });
    if (name === TOKEN_EMBEDDING && head !== undefined && view !== undefined) {
      await checkTied(file, head, { shape, data, view });
    }
  }
  const folded = bias && foldHeadBias(weights, path);
  if (folded !== undefined) tell(folded);
  return weights;
}

/** Fails if a value is NaN or infinite. */
function requireFinite(name: string, data: Float32Array, path: string): void {
  // x - x is 0 for a finite x: a loop without calls, for a hundred million values
  let index = 0;
  while (index < data.length && data[index] - data[index] === 0) index++;
  const [value, place, count] = [data[index], index + 1, data.length];
  requireUsable(index === count, weightIn(name, path), {
    en: `it has the value ${value} (element ${place} of ${count}), so the ` +
      "training that wrote it diverged, or the file is damaged. Use an earlier checkpoint.",
    zh: `其中有值 ${value}（${count} 个元素中的第 ${place} 个），说明写出它的训练已经发散，` +
      "或者文件已损坏。请用更早的检查点。",
  });
}

/** Holds a weight's place in the order of the model. */
const NOT_READ: Weight = { shape: [], data: new Float32Array() };

/**
 * Whether a key is an attention mask, which old versions of transformers stored among the weights.
 */
const isMask = (key: string): boolean => /(^|\.)attn\.(masked_)?bias$/.test(key);

/**
 * The files that may hold a folder's weights. The first one that exists counts, in the order of
 * transformers.
 */
const FILES: readonly [name: string, open: (path: string) => Promise<TensorFile>][] = [
  ["model.safetensors", (path) => openSafetensors(path, { skip: isMask })],
  ["model.safetensors.index.json", (path) => openShards(path, { skip: isMask })],
  ["pytorch_model.bin", openTorchFile],
  ["pytorch_model.bin.index.json", (path) => openShards(path, { skip: isMask })],
];

/**
 * Whether a folder's file holds weights, which a newly written `model.safetensors` makes obsolete.
 */
export const isWeightFile = (name: string): boolean =>
  FILES.some(([known]) => known === name) ||
  /^(model|pytorch_model)-\d+-of-\d+\.(safetensors|bin)$/.test(name);

/** The file of a folder that `readWeights` reads, if it has one under its usual names. */
export async function weightsFileOf(folder: string): Promise<string | undefined> {
  for (const [name] of FILES) {
    const path = joinPath(folder, name);
    if (await fileExists(path)) return path;
  }
  return undefined;
}

/** Files with the value head alone, as LLaMA-Factory writes them. */
export const HEAD_FILES: readonly string[] = ["value_head.safetensors", "value_head.bin"];

/** The file of a folder that holds its value head alone, if it has one. */
export async function headFileOf(folder: string): Promise<string | undefined> {
  for (const name of HEAD_FILES) {
    if (await fileExists(joinPath(folder, name))) return joinPath(folder, name);
  }
  return undefined;
}

/** How to open a file of weights, by its name or the end of its name. */
function openerOf(path: string): (path: string) => Promise<TensorFile> {
  const named = FILES.find(([name]) => name === fileName(path));
  if (named !== undefined) return named[1];
  if (path.endsWith(".index.json")) return (file) => openShards(file, { skip: isMask });
  return path.endsWith(".safetensors")
    ? (file) => openSafetensors(file, { skip: isMask })
    : openTorchFile;
}

/**
 * Reads the weights of a model from a file in any of the forms that transformers and PyTorch write.
 *
 * @param path `model.safetensors`, `pytorch_model.bin`, an index of shards, or a file of another
 *   name in one of these formats
 * @param options.headFile a file with the value head, which LLaMA-Factory writes beside the model
 * @param options.tell takes sentences about what was read in another way than usual
 * @throws {Error} A sentence that names the file and the key.
 */
export async function readWeights(
  path: string,
  config: Gpt2Config,
  { headFile, tell = () => {} }: { headFile?: string | undefined; tell?: Tell } = {},
): Promise<Map<string, Weight>> {
  using file = await openerOf(path)(path);
  if (headFile === undefined) return await weightsOf(file, config, tell);
  using head = await openerOf(headFile)(headFile);
  return await weightsOf(withHead(file, head), config, tell);
}

/** The tensors of a model's file and of one with its value head, as one file. */
function withHead(file: TensorFile, head: TensorFile): TensorFile {
  const own = "head/"; // no storage of the model begins like this
  const views = Array.from(
    head.views,
    ([key, view]): [string, TensorView] => [key, { ...view, storage: own + view.storage }],
  );
  return {
    ...file,
    views: new Map([...file.views, ...views]),
    stream: (storage, put) =>
      storage.startsWith(own)
        ? head.stream(storage.slice(own.length), put)
        : file.stream(storage, put),
  };
}

/**
 * Checks weights that are in memory.
 *
 * @returns the same, in the model's order
 * @throws {RangeError} If one is missing, unknown, of the wrong shape, or has a value that is NaN
 *   or infinite.
 */
export function checkWeights(
  weights: ReadonlyMap<string, Weight>,
  config: Gpt2Config,
  path: string,
): Map<string, Weight> {
  const checked = checkNames(withoutPrefix(weights, path), config, path);
  for (const [name, { data }] of checked) requireFinite(name, data, path);
  return new Map(checked);
}
