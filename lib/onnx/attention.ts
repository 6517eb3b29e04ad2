/**
 * Lowering of attention over whole sequences: on the CPU ONNX's own operator, head by head in the processor's cache; elsewhere the
 * products, mask and softmax one by one.
 */
import { axesOf, type NodeOf } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import type { Value } from "./layout.ts";

type Node = NodeOf<"attention" | "attentionWeights">;

/** What `qk_matmul_output_mode` says: the fourth result is the scores after the softmax. */
const AFTER_SOFTMAX = 3;

/** A hidden key's score: e^-1e9 is 0. */
const HIDDEN = -1e9;

/** The attended values and the weights; both names of one computation. */
export function emitAttention(
  emitter: Emitter,
  { attributes: { heads } }: Node,
  inputs: readonly Value[],
): { attended: string; weights: string } {
  const names = inputs.map(({ name }) => name);
  const shared = (operator: string, operands: readonly string[], attributes = {}) =>
    emitter.emitShared(`${operator} ${operands} ${JSON.stringify(attributes)}`, operator, operands, {
      attributes,
    })[0];
  const whole = (values: readonly number[]) => emitter.constant(values, [values.length], "int64");
  const mask = shared("Unsqueeze", [names[3], whole([1])]); // [batch, 1, time, keyTime]
  if (emitter.target === "cpu") {
    const attributes = { q_num_heads: heads, kv_num_heads: heads, qk_matmul_output_mode: AFTER_SOFTMAX };
    const operands = [...names.slice(0, 3), mask];
    const options = { attributes, outputs: 4 };
    const [attended, , , weights] = emitter.emitShared(
      `Attention ${operands}`,
      "Attention",
      operands,
      options,
    );
    return { attended, weights };
  }
  const embed = Object.values(inputs[0].shape)[axesOf(inputs[0].shape).length - 1];
  const headDim = embed / heads;
  const split = (name: string, perm: readonly number[]) =>
    shared("Transpose", [shared("Reshape", [name, whole([0, 0, heads, headDim])])], { perm });
  const product = shared("MatMul", [split(names[0], [0, 2, 1, 3]), split(names[1], [0, 2, 3, 1])]);
  const scores = shared("Mul", [product, emitter.constant([1 / Math.sqrt(headDim)], [], "float32")]);
  const masked = shared("Where", [mask, scores, emitter.constant([HIDDEN], [], "float32")]);
  const softmax = shared("Softmax", [masked], { axis: -1 });
  const weights = shared("Where", [mask, softmax, emitter.constant([0], [], "float32")]); // of a query that sees no key
  const mixed = shared("MatMul", [weights, split(names[2], [0, 2, 1, 3])]);
  const turned = shared("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  return { attended: shared("Reshape", [turned, whole([0, 0, embed])]), weights };
}
