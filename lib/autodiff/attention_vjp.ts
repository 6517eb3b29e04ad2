/**
 * The gradient of attention, from its weights P and its result O = P V, head by head:
 *
 *   dV = P^T g,   dP = g V^T,   dS = P (dP - sum(g O)),   dQ = dS K / sqrt(headDim),   dK = dS^T Q / sqrt(headDim)
 *
 * sum(g O) over a head's channels is sum(dP P) over the keys (Dao et al. 2022, appendix B.2), and takes no pass over the scores. P is
 * 0 where a key is hidden, and so is dS.
 */
import {
  type AnyTensor,
  apply,
  axesOf,
  dot,
  mul,
  type NodeOf,
  sub,
  sum,
  type Tensor,
  transpose,
} from "../tensor/mod.ts";

/** Gradients of query, key and value; what is visible has none. */
export function attentionVjp(node: NodeOf<"attention">, g: Tensor): (Tensor | null)[] {
  const { heads } = node.attributes;
  const [query, key, value] = node.inputs as readonly Tensor[]; // float32 by the shape rule
  const [, time, embed] = axesOf(query.shape), [, keyTime, keyEmbed] = axesOf(key.shape);
  const headDim = query.shape[embed] / heads;
  const split = (x: AnyTensor, axis: string) =>
    apply("splitAxis", [x], { axis, into: { heads, headDim } }) as Tensor; // of float32
  const scale = 1 / Math.sqrt(headDim);
  const P = apply("attentionWeights", node.inputs, { heads }) as Tensor; // float32 by the shape rule
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
    const axes = ["heads", "headDim"];
    return apply("mergeAxes", [transpose(x, [batch, over, ...axes])], { axes, name }) as Tensor; // of float32
  };
  return [
    joined(mul(dot(dS, K, keyTime), scale), query),
    joined(mul(dot(dS, Q, time), scale), key),
    joined(dot(P, G, time), value),
    null,
  ];
}
