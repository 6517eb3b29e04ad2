/**
 * The gradient of attention, from its weights P and its result O = P V, head by head:
 *
 *   dV = P^T g,   dP = g V^T,   dS = P (dP - sum(g O)),
 *   dQ = dS K / sqrt(headDim),   dK = dS^T Q / sqrt(headDim)
 *
 * sum(g O) over the channels of a head equals sum(dP P) over the keys (Dao et al. 2022, appendix
 * B.2), and needs no pass over the scores. P is 0 where a key is hidden, and so is dS.
 */
import {
  type AnyTensor,
  apply,
  axesOf,
  dot,
  mergeAxes,
  mul,
  type NodeOf,
  ofType,
  splitAxis,
  sub,
  sum,
  type Tensor,
  transpose,
} from "../tensor/mod.ts";

/** The gradients of query, key and value. `visible` has none. */
export function attentionVjp(node: NodeOf<"attention">, g: Tensor): (Tensor | null)[] {
  const { heads } = node.attributes;
  const [query, key, value] = node.inputs;
  const [, time, embed] = axesOf(query.shape), [, keyTime, keyEmbed] = axesOf(key.shape);
  const headDim = query.shape[embed] / heads;
  const split = (x: AnyTensor, axis: string): Tensor =>
    splitAxis(ofType(x, "float32"), axis, { heads, headDim });
  const scale = 1 / Math.sqrt(headDim);
  const P = ofType(apply("attentionWeights", node.inputs, { heads }), "float32");
  const [Q, K, V, O] = [
    split(query, embed),
    split(key, keyEmbed),
    split(value, keyEmbed),
    split(node, embed),
  ];
  const G = split(g, embed);
  const dS = mul(P, sub(dot(G, V, "headDim"), sum(mul(G, O), "headDim")));
  const joined = (x: Tensor, like: AnyTensor) => {
    const [batch, over, name] = axesOf(like.shape);
    return mergeAxes(transpose(x, [batch, over, "heads", "headDim"]), ["heads", "headDim"], name);
  };
  return [
    joined(mul(dot(dS, K, keyTime), scale), query),
    joined(mul(dot(dS, Q, time), scale), key),
    joined(dot(P, G, time), value),
    null,
  ];
}
