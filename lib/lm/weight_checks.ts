/**
 * The checks of a file's tensors before the first value is read: their names, shapes, number
 * formats and places.
 */
import { byteRange, type TensorView } from "../files/mod.ts";
import { flatten, isSpec } from "../runtime/mod.ts";
import { type Text } from "../text/mod.ts";
import type { Gpt2Config } from "./config.ts";
import { requireUsable } from "./expect_fields.ts";
import { gpt2Spec, valueModelSpec } from "./gpt2_parameters.ts";
import { checkHead } from "./value_head.ts";
import { listNames, VALUE_HEAD, VALUE_HEAD_NAMES } from "./weight_names.ts";

/**
 * The name and shape of every weight of a GPT-2, in the model's order; with `valueHead` also
 * `value_fn.weight`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { weightShapes } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 97, positions: 64, embed: 32, heads: 4, layers: 3 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * deepEqual(weightShapes(config).get("h.2.attn.c_attn.weight"), [32, 96]);
 * ```
 */
export function weightShapes(
  config: Gpt2Config,
  { valueHead = false }: { valueHead?: boolean } = {},
): Map<string, number[]> {
  const spec = valueHead ? valueModelSpec(config) : gpt2Spec(config);
  return new Map(
    [...flatten(spec, isSpec)].map(([name, { shape }]) => [name, Object.values(shape)]),
  );
}

/** The properties of a weight that are checked. */
export interface Described {
  readonly shape: readonly number[];
  /** Safetensors' name of the number format (default: "F32", that of weights in memory). */
  readonly format?: string;
}

/** A weight of a file, for errors. */
export const weightIn = (name: string, path: string): Text => ({
  en: `"${name}" of ${path}`,
  zh: `${path} 中的“${name}”`,
});

/**
 * Checks a tensor's shape and number format.
 *
 * @throws {RangeError} If the shape differs. @throws {TypeError} If it holds no floats.
 */
export function checkWeight(
  name: string,
  { shape, format = "F32" }: Described,
  wanted: readonly number[],
  path: string,
): void {
  const weight = weightIn(name, path), isFloat = ["F64", "F32", "F16", "BF16"].includes(format);
  const [has, needs] = [shape, wanted].map((sizes) => `[${sizes.join(", ")}]`);
  requireUsable(shape.join() === wanted.join(), weight, {
    en: `it has shape ${has}, but config.json requires ${needs}. ` +
      "Check that both files come from the same checkpoint.",
    zh: `它的形状是 ${has}，而 config.json 要求 ${needs}。请检查两个文件是否来自同一个检查点。`,
  });
  requireUsable(isFloat, weight, {
    en: `its number format is ${format}, not a floating-point one`,
    zh: `它的数值格式是 ${format}，不是浮点数`,
  }, TypeError);
}

const TRANSPOSED = {
  en: "its linear weights are [out, in], as nanoGPT stores them, and those of GPT-2 are " +
    "[in, out]. Transpose every c_attn, c_proj and c_fc, then save the file again.",
  zh: "它的线性层权重是 nanoGPT 的 [out, in] 形式，而 GPT-2 是 [in, out]。" +
    "请转置所有的 c_attn、c_proj 和 c_fc，再重新保存。",
};

/** Refuses linear weights that are stored [out, in]; square ones alone do not show it. */
function checkNotTransposed<T extends Described>(
  named: ReadonlyMap<string, T>,
  { embed }: Gpt2Config,
  path: string,
): void {
  const isTransposed =
    named.get("h.0.attn.c_attn.weight")?.shape.join() === `${3 * embed},${embed}`;
  requireUsable(!isTransposed, path, TRANSPOSED);
}

/** Weights that are missing, and what is there instead. */
function lacksNames(missing: readonly string[], unknown: readonly string[]): Text {
  const [en, zh] = unknown.length === 0
    ? ["", ""]
    : [`; it has ${listNames(unknown)} instead`, `，却有 ${listNames(unknown)}`];
  return { en: `it lacks ${listNames(missing)}${en}`, zh: `缺少 ${listNames(missing)}${zh}` };
}

/** Weights that no GPT-2 has, one of which may be a value head under another name. */
function strangeNames(unknown: readonly string[], mayBeHead: boolean): Text {
  const [en, zh] = mayBeHead
    ? [`. A value head is named ${VALUE_HEAD_NAMES}`, `。价值头的名称是 ${VALUE_HEAD_NAMES}`]
    : ["", ""];
  return {
    en: `it has ${listNames(unknown)}, which this GPT-2 does not have${en}`,
    zh: `其中的 ${listNames(unknown)} 不属于这个 GPT-2${zh}`,
  };
}

/**
 * The tensors in the model's order; fails unless they are exactly the weights of this GPT-2, each
 * with its shape.
 */
export function checkNames<T extends Described>(
  named: ReadonlyMap<string, T>,
  config: Gpt2Config,
  path: string,
): [name: string, tensor: T][] {
  const { layers } = config; // checked first: a damaged config.json may have millions
  requireUsable(layers <= named.size, path, {
    en: `it has ${named.size} tensors, but n_layer is ${layers}`,
    zh: `它有 ${named.size} 个张量，而 n_layer 是 ${layers}`,
  });
  const head = named.get(VALUE_HEAD);
  if (head !== undefined) checkHead(head.shape, path);
  checkNotTransposed(named, config, path);
  const shapes = weightShapes(config, { valueHead: head !== undefined });
  const missing = [...shapes.keys()].filter((name) => !named.has(name));
  const unknown = [...named.keys()].filter((name) => !shapes.has(name));
  requireUsable(missing.length === 0, path, lacksNames(missing, unknown));
  const isOutput = unknown.some((name) => named.get(name)?.shape.join() === `1,${config.embed}`);
  requireUsable(unknown.length === 0, path, strangeNames(unknown, isOutput));
  return [...shapes].flatMap(([name, wanted]): [string, T][] => {
    const tensor = named.get(name);
    if (tensor === undefined) return [];
    checkWeight(name, tensor, wanted, path);
    return [[name, tensor]];
  });
}

/** A weight's place in a file, under the key that the file has for it. */
export type StoredWeight = TensorView & { readonly key: string };

/**
 * Fails if two weights share bytes, or if some are float16 and others bfloat16: both are signs of
 * a damaged file.
 */
export function checkPlaces(weights: readonly [string, StoredWeight][], path: string): void {
  const formats = new Set(weights.map(([, { format }]) => format));
  const mixed = {
    en: "some of its weights are F16 and others BF16, so the file is damaged",
    zh: "有的权重是 F16，有的是 BF16，说明文件已损坏",
  };
  requireUsable(!formats.has("F16") || !formats.has("BF16"), path, mixed, TypeError);
  for (const places of Map.groupBy(weights, ([, { storage }]) => storage).values()) {
    const sorted = places.map(([name, view]) => ({ name, view, ...byteRange(view) }))
      .toSorted((a, b) => a.begin - b.begin);
    for (const [index, { name, view, begin }] of sorted.entries()) {
      const before = sorted[index - 1];
      if (index === 0 || before.end <= begin) continue;
      const apart = interleave(view, before.view);
      requireUsable(apart, path, {
        en: `"${name}" overlaps "${before.name}"`,
        zh: `“${name}”与“${before.name}”重叠`,
      });
    }
  }
}

/**
 * Whether two views are column ranges of one matrix: their bytes overlap, but not their elements.
 */
function interleave(a: TensorView, b: TensorView): boolean {
  const [rowA, columnA] = a.strides, [rowB, columnB] = b.strides;
  const areMatrices = a.shape.length === 2 && b.shape.length === 2;
  if (!areMatrices || a.format !== b.format || rowA !== rowB || columnA !== 1 || columnB !== 1) {
    return false;
  }
  const apart = (((a.offset - b.offset) % rowA) + rowA) % rowA; // from b's first column to a's
  return apart >= b.shape[1] && apart + a.shape[1] <= rowA;
}
