/** Uses of the primitives that run along one axis, and of attention with a key-value cache. */
import { apply, cumsum, layerNorm, logSoftmax, softmax } from "../../lib/tensor/mod.ts";
import { type PrimitiveCase, useOf } from "./primitive_case.ts";
import { bools, floats, integers } from "./samples.ts";

const block = { batch: 2, time: 3, embed: 2 } as const;
const wide = { batch: 2, time: 2, embed: 4 } as const;
const open = ["batch", "time"];
const refused = { gradient: "refused", open } as const;
const epsilon = 1e-5;

const softmaxes = (op: typeof softmax): PrimitiveCase[] => [
  useOf("the last axis", { x: floats(block) }, ({ x }) => op(x, "embed"), { open }),
  useOf("the middle axis", { x: floats(block) }, ({ x }) => op(x, "time"), { open }),
  useOf("the first axis", { x: floats(block) }, ({ x }) => op(x, "batch"), { open }),
  useOf(
    "numbers that would overflow",
    { x: floats({ vocab: 3 }, { values: [1000, 1001, 999] }) },
    ({ x }) => op(x, "vocab"),
  ),
];

const statistics = (primitive: "layerNormMean" | "layerNormInverseDeviation"): PrimitiveCase[] => [
  useOf(
    "of three axes",
    { x: floats(wide), scale: floats({ embed: 4 }), bias: floats({ embed: 4 }) },
    ({ x, scale, bias }) => apply(primitive, [x, scale, bias], { axis: "embed", epsilon }),
    refused,
  ),
];

/** 2 rows, 2 heads of 8 numbers (ONNX Runtime wants a multiple of 8), 4 slots. A first prompt of 3 and 2 tokens, and one more token for each row. */
const cacheDims = { batch: 2, heads: 2, slot: 4, headDim: 8 } as const;
const threeTokens = { batch: 2, time: 3, embed: 16 } as const;
const oneToken = { batch: 2, time: 1, embed: 16 } as const;

const cached = (primitive: "cachedAttention" | "cachedKeys" | "cachedValues"): PrimitiveCase[] => [
  useOf(
    "a first prompt, the second row one token shorter",
    {
      q: floats(threeTokens),
      k: floats(threeTokens, { seed: 1 }),
      v: floats(threeTokens, { seed: 2 }),
      keys: floats(cacheDims, { low: 0, high: 0 }),
      values: floats(cacheDims, { low: 0, high: 0 }),
      lengths: integers({ batch: 2 }, [2, 1]),
      total: integers({}, [3]),
    },
    (i) => apply(primitive, [i.q, i.k, i.v, i.keys, i.values, i.lengths, i.total], { heads: 2 }),
    refused,
  ),
  useOf(
    "a first prompt over a used cache",
    {
      q: floats(threeTokens),
      k: floats(threeTokens, { seed: 1 }),
      v: floats(threeTokens, { seed: 2 }),
      keys: floats(cacheDims, { seed: 3 }),
      values: floats(cacheDims, { seed: 4 }),
      lengths: integers({ batch: 2 }, [2, 2]),
      total: integers({}, [3]),
    },
    (i) => apply(primitive, [i.q, i.k, i.v, i.keys, i.values, i.lengths, i.total], { heads: 2 }),
    refused,
  ),
  useOf(
    "one more token in each row",
    {
      q: floats(oneToken),
      k: floats(oneToken, { seed: 1 }),
      v: floats(oneToken, { seed: 2 }),
      keys: floats(cacheDims, { seed: 3 }),
      values: floats(cacheDims, { seed: 4 }),
      lengths: integers({ batch: 2 }, [3, 2]),
      total: integers({}, [4]),
    },
    (i) => apply(primitive, [i.q, i.k, i.v, i.keys, i.values, i.lengths, i.total], { heads: 2 }),
    refused,
  ),
  useOf(
    "one more token in each row, heads of 5 channels",
    {
      q: floats({ ...oneToken, embed: 10 }),
      k: floats({ ...oneToken, embed: 10 }, { seed: 1 }),
      v: floats({ ...oneToken, embed: 10 }, { seed: 2 }),
      keys: floats({ ...cacheDims, headDim: 5 }, { seed: 3 }),
      values: floats({ ...cacheDims, headDim: 5 }, { seed: 4 }),
      lengths: integers({ batch: 2 }, [3, 3]),
      total: integers({}, [4]),
    },
    (i) => apply(primitive, [i.q, i.k, i.v, i.keys, i.values, i.lengths, i.total], { heads: 2 }),
    refused,
  ),
  useOf( // the CPU has another form for heads as wide as this
    "one more token in each row, heads of 64 channels",
    {
      q: floats({ ...oneToken, embed: 128 }),
      k: floats({ ...oneToken, embed: 128 }, { seed: 1 }),
      v: floats({ ...oneToken, embed: 128 }, { seed: 2 }),
      keys: floats({ ...cacheDims, headDim: 64 }, { seed: 3 }),
      values: floats({ ...cacheDims, headDim: 64 }, { seed: 4 }),
      lengths: integers({ batch: 2 }, [3, 1]),
      total: integers({}, [4]),
    },
    (i) => apply(primitive, [i.q, i.k, i.v, i.keys, i.values, i.lengths, i.total], { heads: 2 }),
    refused,
  ),
];

/** 2 rows, 2 heads of 3 channels, 2 queries and 3 keys. Row 0 is causal; of row 1 the first query sees one key, the second none. */
const queries = { batch: 2, time: 2, embed: 6 } as const,
  keys = { batch: 2, keyTime: 3, embed: 6 } as const;
const seen = bools({ batch: 2, time: 2, keyTime: 3 }, [1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0]);

const attentions = (
  primitive: "attention" | "attentionWeights",
  { gradient }: { gradient: "slope" | "refused" },
): PrimitiveCase[] => [
  useOf(
    "two queries to three keys, some of them hidden",
    { q: floats(queries), k: floats(keys, { seed: 1 }), v: floats(keys, { seed: 2 }), seen },
    ({ q, k, v, seen }) => apply(primitive, [q, k, v, seen], { heads: 2 }),
    { gradient, open: ["batch", "time", "keyTime"] },
  ),
  useOf(
    "a sequence to itself",
    {
      q: floats({ batch: 1, time: 3, embed: 4 }),
      k: floats({ batch: 1, keyTime: 3, embed: 4 }, { seed: 1 }),
      v: floats({ batch: 1, keyTime: 3, embed: 4 }, { seed: 2 }),
      seen: bools({ batch: 1, time: 3, keyTime: 3 }, [1, 0, 0, 1, 1, 0, 1, 1, 1]),
    },
    ({ q, k, v, seen }) => apply(primitive, [q, k, v, seen], { heads: 1 }),
    { gradient },
  ),
];

/** Uses by primitive. */
export const sequenceUses = {
  cumsum: [
    useOf("the last axis", { x: floats(block) }, ({ x }) => cumsum(x, "embed"), { open }),
    useOf("the middle axis", { x: floats(block) }, ({ x }) => cumsum(x, "time"), { open }),
    useOf(
      "the first axis from its end",
      { x: floats(block) },
      ({ x }) => cumsum(x, "batch", { reverse: true }),
      {
        open,
      },
    ),
    useOf(
      "the middle axis from its end",
      { x: floats(block) },
      ({ x }) => cumsum(x, "time", { reverse: true }),
      {
        open,
      },
    ),
  ],
  softmax: softmaxes(softmax),
  logSoftmax: softmaxes(logSoftmax),
  layerNorm: [
    useOf(
      "the middle axis of three",
      {
        x: floats({ batch: 2, embed: 4, time: 2 }),
        scale: floats({ embed: 4 }, { seed: 1 }),
        bias: floats({ embed: 4 }, { seed: 2 }),
      },
      ({ x, scale, bias }) => layerNorm(x, { scale, bias }, { axis: "embed", epsilon }),
      { open },
    ),
    useOf(
      "three axes",
      {
        x: floats(wide),
        scale: floats({ embed: 4 }, { seed: 1 }),
        bias: floats({ embed: 4 }, { seed: 2 }),
      },
      ({ x, scale, bias }) => layerNorm(x, { scale, bias }, { axis: "embed", epsilon }),
      { open },
    ),
    useOf(
      "one axis",
      {
        x: floats({ embed: 4 }),
        scale: floats({ embed: 4 }, { seed: 1 }),
        bias: floats({ embed: 4 }, { seed: 2 }),
      },
      ({ x, scale, bias }) => layerNorm(x, { scale, bias }, { axis: "embed", epsilon: 0.1 }),
    ),
  ],
  layerNormMean: statistics("layerNormMean"),
  layerNormInverseDeviation: statistics("layerNormInverseDeviation"),
  attention: attentions("attention", { gradient: "slope" }),
  attentionWeights: attentions("attentionWeights", { gradient: "refused" }),
  cachedAttention: cached("cachedAttention"),
  cachedKeys: cached("cachedKeys"),
  cachedValues: cached("cachedValues"),
} as const;
