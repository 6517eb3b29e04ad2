/**
 * The checks of a file's tensors before the first value is read: their names, shapes, number
 * formats and places.
 */
import { byteRange, type TensorView } from "../files/mod.ts";
import { flatten, isSpec } from "../runtime/mod.ts";
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
  const weight = `"${name}" of ${path}`, isFloat = ["F64", "F32", "F16", "BF16"].includes(format);
  const shapes = `it has shape [${shape.join(", ")}], but config.json requires ` +
    `[${wanted.join(", ")}]. Check that both files come from the same checkpoint.`;
  requireUsable(shape.join() === wanted.join(), weight, shapes);
  const wrongFormat = `its number format is ${format}, not a floating-point one`;
  requireUsable(isFloat, weight, wrongFormat, TypeError);
}

/** Refuses linear weights that are stored [out, in]; square ones alone do not show it. */
function checkNotTransposed<T extends Described>(
  named: ReadonlyMap<string, T>,
  { embed }: Gpt2Config,
  path: string,
): void {
  const isTransposed =
    named.get("h.0.attn.c_attn.weight")?.shape.join() === `${3 * embed},${embed}`;
  const reason =
    "its linear weights are [out, in], as nanoGPT stores them, and those of GPT-2 are " +
    "[in, out]. Transpose every c_attn, c_proj and c_fc, then save the file again.";
  requireUsable(!isTransposed, path, reason);
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
  requireUsable(
    layers <= named.size,
    path,
    `it has ${named.size} tensors, but n_layer is ${layers}`,
  );
  const head = named.get(VALUE_HEAD);
  if (head !== undefined) checkHead(head.shape, path);
  checkNotTransposed(named, config, path);
  const shapes = weightShapes(config, { valueHead: head !== undefined });
  const missing = [...shapes.keys()].filter((name) => !named.has(name));
  const unknown = [...named.keys()].filter((name) => !shapes.has(name));
  const instead = unknown.length === 0 ? "" : `; it has ${listNames(unknown)} instead`;
  requireUsable(missing.length === 0, path, `it lacks ${listNames(missing)}${instead}`);
  const isOutput = unknown.some((name) => named.get(name)?.shape.join() === `1,${config.embed}`);
  const heads = isOutput ? `. A value head is named ${VALUE_HEAD_NAMES}` : "";
  const strange = `it has ${listNames(unknown)}, which this GPT-2 does not have${heads}`;
  requireUsable(unknown.length === 0, path, strange);
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
  const mixed = "some of its weights are F16 and others BF16, so the file is damaged";
  requireUsable(!formats.has("F16") || !formats.has("BF16"), path, mixed, TypeError);
  for (const places of Map.groupBy(weights, ([, { storage }]) => storage).values()) {
    const sorted = places.map(([name, view]) => ({ name, view, ...byteRange(view) }))
      .toSorted((a, b) => a.begin - b.begin);
    for (const [index, { name, view, begin }] of sorted.entries()) {
      const before = sorted[index - 1];
      if (index === 0 || before.end <= begin) continue;
      const apart = interleave(view, before.view);
      requireUsable(apart, path, `"${name}" overlaps "${before.name}"`);
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
