/**
 * Lowering of attention over whole sequences. On the CPU it is ONNX's Attention operator, which
 * computes head by head in the processor's cache. Elsewhere the products, the mask and the softmax
 * are separate nodes.
 */
import { axesOf, type NodeOf } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import type { Value } from "./layout.ts";

/** The `qk_matmul_output_mode` in which the fourth result is the scores after the softmax. */
const AFTER_SOFTMAX = 3;

/** The score of a hidden key, whose weight e^-1e9 is 0. */
const HIDDEN = -1e9;

/** A node that is emitted once for all calls with the same operands. */
const once = (
  emitter: Emitter,
  operator: string,
  inputs: readonly string[],
  attributes = {},
): string =>
  emitter.emitShared(`${operator} ${inputs} ${JSON.stringify(attributes)}`, operator, inputs, {
    attributes,
  })[0];

const whole = (emitter: Emitter, values: readonly number[]): string =>
  emitter.constant(values, [values.length], "int64");

/** [batch, time, keyTime] -> [batch, 1, time, keyTime] */
const maskOf = (emitter: Emitter, visible: Value): string =>
  once(emitter, "Unsqueeze", [visible.name, whole(emitter, [1])]);

/** The attended values: [batch, time, embed]. */
export function emitAttention(
  emitter: Emitter,
  { attributes: { heads } }: NodeOf<"attention">,
  inputs: readonly Value[],
): string {
  if (emitter.target === "cpu") return operator(emitter, heads, inputs)[0];
  const { embed, headDim } = sizesOf(inputs[0], heads);
  const value = split(emitter, inputs[2].name, { heads, headDim, perm: [0, 2, 1, 3] });
  const mixed = once(emitter, "MatMul", [weightsInParts(emitter, heads, inputs), value]);
  const byToken = once(emitter, "Transpose", [mixed], { perm: [0, 2, 1, 3] });
  return once(emitter, "Reshape", [byToken, whole(emitter, [0, 0, embed])]);
}

/** The weights: [batch, heads, time, keyTime]. */
export function emitAttentionWeights(
  emitter: Emitter,
  { attributes: { heads }, shape }: NodeOf<"attentionWeights">,
  inputs: readonly Value[],
): string {
  if (emitter.target !== "cpu") return weightsInParts(emitter, heads, inputs);
  const weights = operator(emitter, heads, inputs)[3];
  // ONNX's shape inference takes an unknown number of keys for 0. A Reshape by a shape that it
  // cannot infer prevents this.
  const sizes = once(emitter, "Shape", [weights]);
  const every = once(emitter, "GreaterOrEqual", [sizes, whole(emitter, [0])]);
  const same = once(emitter, "Reshape", [weights, once(emitter, "Compress", [sizes, every])]);
  emitter.declare(same, { shape, dtype: "float32" });
  return same;
}

/** ONNX's Attention, whose caches are not used. */
function operator(emitter: Emitter, heads: number, inputs: readonly Value[]): readonly string[] {
  const [query, key, value, visible] = inputs;
  const operands = [query.name, key.name, value.name, maskOf(emitter, visible)];
  const attributes = {
    q_num_heads: heads,
    kv_num_heads: heads,
    qk_matmul_output_mode: AFTER_SOFTMAX,
  };
  return emitter.emitShared(`Attention ${operands}`, "Attention", operands, {
    attributes,
    outputs: 4,
  });
}

function sizesOf({ shape }: Value, heads: number): { embed: number; headDim: number } {
  const embed = shape[axesOf(shape)[2]];
  return { embed, headDim: embed / heads };
}

/** [batch, time, embed] as [batch, time, heads, headDim], with its axes permuted. */
function split(
  emitter: Emitter,
  name: string,
  { heads, headDim, perm }: { heads: number; headDim: number; perm: readonly number[] },
): string {
  const apart = once(emitter, "Reshape", [name, whole(emitter, [0, 0, heads, headDim])]);
  return once(emitter, "Transpose", [apart], { perm });
}

function weightsInParts(
  emitter: Emitter,
  heads: number,
  [query, key, , visible]: readonly Value[],
): string {
  const { headDim } = sizesOf(query, heads);
  const number = (value: number) => emitter.constant([value], [], "float32");
  const q = split(emitter, query.name, { heads, headDim, perm: [0, 2, 1, 3] });
  const k = split(emitter, key.name, { heads, headDim, perm: [0, 2, 3, 1] });
  const scores = once(emitter, "Mul", [
    once(emitter, "MatMul", [q, k]),
    number(1 / Math.sqrt(headDim)),
  ]);
  const mask = maskOf(emitter, visible);
  const softmax = once(
    emitter,
    "Softmax",
    [once(emitter, "Where", [mask, scores, number(HIDDEN)])],
    {
      axis: -1,
    },
  );
  return once(emitter, "Where", [mask, softmax, number(0)]); // of a query that sees no key
}
