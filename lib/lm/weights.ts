/**
 * The weights of a GPT-2: their names and shapes, and reading them from any of the files that Hugging Face's folders have.
 *
 * Names inside the library have no `transformer.` before them: `wte.weight`, `h.0.attn.c_attn.weight`, `value_fn.weight`. Linear
 * weights are [in, out], as GPT-2's Conv1D stores them; only `value_fn.weight` is [1, embed]. Names, shapes and number formats are
 * checked before a single value is read, and each value is in memory once.
 */
import {
  byteRange,
  fileExists,
  joinPath,
  openSafetensors,
  openShards,
  openTorchFile,
  readTensors,
  type StoredTensor,
  type TensorFile,
  type TensorView,
} from "../files/mod.ts";
import { newFloats } from "../runtime/mod.ts";
import { type Gpt2Config, innerWidth } from "./config.ts";

/** One weight: its shape and its values in row-major order. */
export interface Weight {
  /** Sizes of the axes, outermost first. */
  shape: number[];
  /** Values in row-major order. */
  data: Float32Array;
}

/** What stands before a body's names in the files of models that have a head. */
export const PREFIX = "transformer.";
/** The reward model's and critic's head. */
export const VALUE_HEAD = "value_fn.weight";
const LANGUAGE_HEAD = "lm_head.weight";

/** Masks that old versions of transformers stored: no weights. */
const isBuffer = (key: string): boolean => /(^|\.)attn\.(masked_)?bias$/.test(key);

function blockShapes(layer: number, embed: number, inner: number): [string, number[]][] {
  const shapes: { [name: string]: number[] } = {
    "ln_1.weight": [embed],
    "ln_1.bias": [embed],
    "attn.c_attn.weight": [embed, 3 * embed],
    "attn.c_attn.bias": [3 * embed],
    "attn.c_proj.weight": [embed, embed],
    "attn.c_proj.bias": [embed],
    "ln_2.weight": [embed],
    "ln_2.bias": [embed],
    "mlp.c_fc.weight": [embed, inner],
    "mlp.c_fc.bias": [inner],
    "mlp.c_proj.weight": [inner, embed],
    "mlp.c_proj.bias": [embed],
  };
  return Object.entries(shapes).map(([name, shape]) => [`h.${layer}.${name}`, shape]);
}

/**
 * The name and shape of every weight of a GPT-2, in the model's order; with `valueHead` also `value_fn.weight`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const config = { vocabSize: 97, positions: 64, embed: 32, heads: 4, layers: 3, layerNormEpsilon: 1e-5 };
 * deepEqual(weightShapes(config).get("h.2.attn.c_attn.weight"), [32, 96]);
 * ```
 */
export function weightShapes(
  config: Gpt2Config,
  { valueHead = false }: { valueHead?: boolean } = {},
): Map<string, number[]> {
  const { vocabSize, positions, embed, layers } = config;
  const inner = innerWidth(config);
  return new Map([
    ["wte.weight", [vocabSize, embed]],
    ["wpe.weight", [positions, embed]],
    ...Array.from({ length: layers }, (_, layer) => blockShapes(layer, embed, inner)).flat(),
    ["ln_f.weight", [embed]],
    ["ln_f.bias", [embed]],
    ...(valueHead ? [[VALUE_HEAD, [1, embed]] satisfies [string, number[]]] : []),
  ]);
}

/** What a check needs to know of a weight. */
interface Described {
  readonly shape: readonly number[];
  /** As errors say it: "BF16". */
  readonly format: string;
}

function listKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, 3).map((key) => `"${key}"`).join(", ");
  return keys.length > 3 ? `${shown} and ${keys.length - 3} more` : shown;
}

/** The same tensors under names without prefix. */
function withoutPrefix<T>(stored: Iterable<[string, T]>, path: string): Map<string, T> {
  const named = new Map<string, T>();
  for (const [key, tensor] of stored) {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key;
    if (named.has(name)) {
      throw new RangeError(`Cannot use ${path}: "${name}" is there with "${PREFIX}" and without`);
    }
    named.set(name, tensor);
  }
  return named;
}

const FLOATING = ["F64", "F32", "F16", "BF16"];

function checkWeight(
  key: string,
  { shape, format }: Described,
  wanted: readonly number[],
  path: string,
): void {
  if (shape.join() !== wanted.join()) {
    const state = `it has shape [${shape.join(", ")}], and config.json asks for [${
      wanted.join(", ")
    }]`;
    throw new RangeError(`Cannot use "${key}" of ${path}: ${state}`);
  }
  if (!FLOATING.includes(format)) {
    throw new TypeError(
      `Cannot use "${key}" of ${path}: its numbers are ${format}, and floating ones are expected`,
    );
  }
}

/**
 * Checks that all weights are there, none is unknown, each has the shape that the configuration says.
 *
 * @returns the wanted shapes, in the model's order
 */
function checkNames(
  named: ReadonlyMap<string, Described>,
  config: Gpt2Config,
  path: string,
): Map<string, number[]> {
  if (config.layers > named.size) {
    throw new RangeError(
      `Cannot use ${path}: it has ${named.size} tensors, and config.json says n_layer ${config.layers}`,
    );
  }
  const shapes = weightShapes(config, { valueHead: named.has(VALUE_HEAD) });
  const missing = [...shapes.keys()].filter((key) => !named.has(key));
  if (missing.length > 0) throw new RangeError(`Cannot use ${path}: it lacks ${listKeys(missing)}`);
  const extra = [...named.keys()].filter((key) => !shapes.has(key));
  if (extra.length > 0) {
    throw new RangeError(
      `Cannot use ${path}: it has ${listKeys(extra)}, which this GPT-2 does not know`,
    );
  }
  for (const [key, wanted] of shapes) {
    checkWeight(key, named.get(key) ?? { shape: [], format: "none" }, wanted, path);
  }
  return shapes;
}

/** No two weights may have bytes in common, and none of float16 stand beside one of bfloat16: such a file is damaged. */
function checkPlaces(named: ReadonlyMap<string, TensorView>, path: string): void {
  const formats = new Set([...named.values()].map(({ format }) => format));
  if (formats.has("F16") && formats.has("BF16")) {
    throw new TypeError(
      `Cannot use ${path}: some of its weights are F16 and some BF16, so one of both is wrong`,
    );
  }
  const places = [...named].map(([key, view]) => ({
    key,
    storage: view.storage,
    ...byteRange(view),
  }));
  places.sort((a, b) => a.storage < b.storage ? -1 : a.storage > b.storage ? 1 : a.begin - b.begin);
  places.forEach(({ key, storage, begin }, index) => {
    const before = places[index - 1];
    if (
      before !== undefined && before.storage === storage && before.end > begin &&
      !interleave(named, key, before.key)
    ) {
      throw new RangeError(`Cannot use ${path}: "${key}" overlaps "${before.key}"`);
    }
  });
}

/** Whether two views take turns in one storage, as two column ranges of one matrix do: in bytes they overlap, in elements not. */
function interleave(
  named: ReadonlyMap<string, TensorView>,
  ...keys: readonly [string, string]
): boolean {
  const [a, b] = keys.map((key) => named.get(key));
  if (a === undefined || b === undefined || a.format !== b.format) return false;
  const [rowA = 0, columnA] = a.strides, [rowB = 0, columnB] = b.strides;
  if (
    a.shape.length !== 2 || b.shape.length !== 2 || rowA !== rowB || columnA !== 1 || columnB !== 1
  ) {
    return false;
  }
  const apart = (((a.offset - b.offset) % rowA) + rowA) % rowA; // from b's first column to a's
  return apart >= (b.shape[1] ?? 0) && apart + (a.shape[1] ?? 0) <= rowA;
}

/** The tensors that are weights, by plain name; masks are left out. */
function namedViews(file: TensorFile): { key: string; name: string; view: TensorView }[] {
  const stored = [...file.views].filter(([key]) => !isBuffer(key));
  const named = withoutPrefix(stored.map(([key, view]) => [key, { key, view }]), file.path);
  return [...named].map(([name, { key, view }]) => ({ key, name, view }));
}

/** A stored output layer must be `wte` again: an untied one is not supported. */
function checkTied(head: StoredTensor, table: Weight, path: string): void {
  if (head.data.some((value, index) => !Object.is(value, table.data[index]))) {
    const state = `it differs from "wte.weight", and only a tied output layer is supported`;
    throw new RangeError(`Cannot use "${LANGUAGE_HEAD}" of ${path}: ${state}`);
  }
}

const samePlace = (a: TensorView, b: TensorView): boolean =>
  a.storage === b.storage && a.offset === b.offset && a.format === b.format &&
  a.shape.join() === b.shape.join() && a.strides.join() === b.strides.join();

const TABLE = "wte.weight";

/** Whether the file has an output layer with values of its own, to be compared with `wte`. */
function ownHead(
  head: TensorView | undefined,
  table: TensorView | undefined,
  path: string,
): boolean {
  if (head === undefined || table === undefined) return false;
  checkWeight(LANGUAGE_HEAD, head, table.shape, path);
  return !samePlace(head, table);
}

/** The weights of an open file: checked, then read one storage after the other. */
async function weightsOf(file: TensorFile, config: Gpt2Config): Promise<Map<string, Weight>> {
  const { path } = file;
  const all = namedViews(file);
  const head = all.find(({ name }) => name === LANGUAGE_HEAD);
  const views = new Map(all.filter((one) => one !== head).map(({ name, view }) => [name, view]));
  const shapes = checkNames(views, config, path);
  checkPlaces(views, path);
  const names = new Map(all.map(({ key, name }) => [key, name]));
  const keys = new Map(all.map(({ key, name }) => [name, key]));
  const weights = new Map<string, Weight>();
  const ordered = [...shapes.keys()].map((name) => keys.get(name) ?? name);
  for await (const [key, { shape, data }] of readTensors(file, ordered, { newFloats })) {
    const name = names.get(key) ?? key;
    if (!(data instanceof Float32Array)) {
      throw new TypeError(`Cannot use "${name}" of ${path}: it holds whole numbers`);
    }
    weights.set(name, { shape, data });
    if (name === TABLE && head !== undefined && ownHead(head.view, views.get(TABLE), path)) {
      for await (const [, stored] of readTensors(file, [head.key])) {
        checkTied(stored, { shape, data }, path);
      }
    }
  }
  return new Map([...shapes.keys()].flatMap((name) => {
    const weight = weights.get(name);
    return weight === undefined ? [] : [[name, weight]];
  }));
}

/** The files that may hold a folder's weights, the first that is there counts: the order that transformers has. */
const FILES: readonly [name: string, open: (path: string) => Promise<TensorFile>][] = [
  ["model.safetensors", (path) => openSafetensors(path, { skip: isBuffer })],
  ["model.safetensors.index.json", (path) => openShards(path, { skip: isBuffer })],
  ["pytorch_model.bin", openTorchFile],
  ["pytorch_model.bin.index.json", (path) => openShards(path, { skip: isBuffer })],
];

/** Whether a folder's file holds weights: what a newly written `model.safetensors` makes obsolete. */
export const isWeightFile = (name: string): boolean =>
  FILES.some(([known]) => known === name) ||
  /^(model|pytorch_model)-\d+-of-\d+\.(safetensors|bin)$/.test(name);

/**
 * Reads the weights of a model folder from `model.safetensors` or `pytorch_model.bin`, whole or in shards.
 *
 * @throws {Error} A sentence that names the file and the key.
 */
export async function readWeights(
  folder: string,
  config: Gpt2Config,
): Promise<Map<string, Weight>> {
  for (const [name, open] of FILES) {
    const path = joinPath(folder, name);
    if (!await fileExists(path)) continue;
    using file = await open(path);
    return await weightsOf(file, config);
  }
  const names = FILES.map(([name]) => name).join(", ");
  throw new Error(`Cannot read ${folder}: it has no weights (one of ${names} is expected)`);
}

/**
 * Checks weights that are in memory.
 *
 * @returns the same, in the model's order
 * @throws {RangeError} If one is missing, unknown or of the wrong shape.
 */
export function checkWeights(
  weights: ReadonlyMap<string, Weight>,
  config: Gpt2Config,
  path: string,
): Map<string, Weight> {
  const named = withoutPrefix(weights, path);
  const described = new Map([...named].map(([key, { shape }]) => [key, { shape, format: "F32" }]));
  const shapes = checkNames(described, config, path);
  return new Map([...shapes.keys()].flatMap((key) => {
    const weight = named.get(key);
    return weight === undefined ? [] : [[key, weight]];
  }));
}
