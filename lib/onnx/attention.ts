/**
 * Lowering of attention over whole sequences. On the CPU it is ONNX's Attention operator, which
 * computes head by head in the processor's cache. Elsewhere the products, the mask and the softmax
 * are separate nodes.
 */
import { axesOf, MASKED, type NodeOf } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import type { Value } from "./layout.ts";

/** The `qk_matmul_output_mode` in which the fourth result is the scores after the softmax. */
const AFTER_SOFTMAX = 3;

/** The heads that lie side by side in the last axis of a query: embed = heads x headDim. */
export interface Heads {
  readonly heads: number;
  readonly headDim: number;
}

const headsOf = ({ shape }: Value, heads: number): Heads => ({
  heads,
  headDim: shape[axesOf(shape)[2]] / heads,
});

/** [batch, time, keyTime] -> [batch, 1, time, keyTime] */
const maskOf = (emitter: Emitter, visible: Value): string =>
  emitter.emit("Unsqueeze", [visible.name, emitter.whole(1)]);

/** The attended values: [batch, time, embed]. */
export function emitAttention(
  emitter: Emitter,
  { attributes }: NodeOf<"attention">,
  inputs: readonly Value[],
): string {
  if (emitter.target === "cpu") return operator(emitter, attributes.heads, inputs)[0];
  const heads = headsOf(inputs[0], attributes.heads);
  const value = splitHeads(emitter, inputs[2].name, { ...heads, perm: [0, 2, 1, 3] });
  return emitMixed(emitter, { weights: weightsInParts(emitter, heads, inputs), value }, heads);
}

/** The weights: [batch, heads, time, keyTime]. */
export function emitAttentionWeights(
  emitter: Emitter,
  { attributes: { heads }, shape }: NodeOf<"attentionWeights">,
  inputs: readonly Value[],
): string {
  if (emitter.target !== "cpu") return weightsInParts(emitter, headsOf(inputs[0], heads), inputs);
  const weights = operator(emitter, heads, inputs)[3];
  // ONNX's shape inference takes an unknown number of keys for 0. A Reshape by a shape that it
  // cannot infer prevents this.
  const sizes = emitter.emit("Shape", [weights]);
  const every = emitter.emit("GreaterOrEqual", [sizes, emitter.whole(0)]);
  const same = emitter.emit("Reshape", [weights, emitter.emit("Compress", [sizes, every])]);
  emitter.declared.set(same, { shape, dtype: "float32" });
  return same;
}

/** ONNX's Attention, whose caches are not used. */
function operator(emitter: Emitter, heads: number, inputs: readonly Value[]): readonly string[] {
  const [query, key, value, visible] = inputs;
  const attributes = {
    q_num_heads: heads,
    kv_num_heads: heads,
    qk_matmul_output_mode: AFTER_SOFTMAX,
  };
  const operands = [query.name, key.name, value.name, maskOf(emitter, visible)];
  return emitter.emitAll("Attention", operands, { attributes, outputs: 4 });
}

/** softmax(query key / sqrt(headDim)), and 0 for a query that sees no key. */
function weightsInParts(
  emitter: Emitter,
  heads: Heads,
  [query, key, , visible]: readonly Value[],
): string {
  const keys = splitHeads(emitter, key.name, { ...heads, perm: [0, 2, 3, 1] });
  const scores = emitScores(emitter, { query: query.name, keys }, heads);
  const mask = maskOf(emitter, visible);
  return emitter.emit("Where", [mask, emitSoftmax(emitter, mask, scores), emitter.number(0)]);
}

/** [batch, time, embed] as [batch, time, heads, headDim], with its axes permuted. */
function splitHeads(
  emitter: Emitter,
  name: string,
  { heads, headDim, perm }: Heads & { perm: readonly number[] },
): string {
  const apart = emitter.emit("Reshape", [name, emitter.whole(0, 0, heads, headDim)]);
  return emitter.emit("Transpose", [apart], { attributes: { perm } });
}

/**
 * query keys / sqrt(headDim): [batch, heads, time, keyTime]. The keys are [batch, heads, headDim,
 * keyTime].
 */
export function emitScores(
  emitter: Emitter,
  { query, keys }: { query: string; keys: string },
  heads: Heads,
): string {
  const queries = splitHeads(emitter, query, { ...heads, perm: [0, 2, 1, 3] });
  const products = emitter.emit("MatMul", [queries, keys]);
  return emitter.emit("Mul", [products, emitter.number(1 / Math.sqrt(heads.headDim))]);
}

/** The softmax of the scores over the keys that a query sees. */
export function emitSoftmax(emitter: Emitter, mask: string, scores: string): string {
  const seen = emitter.emit("Where", [mask, scores, emitter.number(MASKED)]);
  return emitter.emit("Softmax", [seen], { attributes: { axis: -1 } });
}

/** weights value, with heads side by side: [batch, time, embed]. */
export function emitMixed(
  emitter: Emitter,
  { weights, value }: { weights: string; value: string },
  { heads, headDim }: Heads,
): string {
  const mixed = emitter.emit("MatMul", [weights, value]);
  const byToken = emitter.emit("Transpose", [mixed], { attributes: { perm: [0, 2, 1, 3] } });
  return emitter.emit("Reshape", [byToken, emitter.whole(0, 0, heads * headDim)]);
}
