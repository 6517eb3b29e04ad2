/**
 * Every primitive once more, at sizes for which a GPU has other kernels than for small ones: tiles of 32, groups of four numbers,
 * rows longer than a group of threads, odd sizes, bools that fill no word. A primitive without a case does not compile.
 */
import {
  apply,
  BINARY,
  type Binary,
  COMPARE,
  type Compare,
  constant,
  cumsum,
  dot,
  expandLike,
  gather,
  largest,
  layerNorm,
  logSoftmax,
  mergeAxes,
  mul,
  not,
  pad,
  type Primitive,
  rename,
  scatterAdd,
  sizeOf,
  slice,
  softmax,
  splitAxis,
  stopGradient,
  sum,
  tableOf,
  take,
  transpose,
  UNARY,
  type Unary,
  where,
} from "../../lib/tensor/mod.ts";
import { type PrimitiveCase, useOf } from "./primitive_case.ts";
import { bools, floats, integers } from "./samples.ts";

type Cases = readonly [PrimitiveCase, ...PrimitiveCase[]];

const none = { gradient: "none", open: ["batch", "time"] } as const;
const open = ["batch", "time"];
/** 3,300 numbers, in fours along the last axis. */
const fours = { batch: 3, time: 11, embed: 100 } as const;
/** 273 numbers, no size a multiple of four. */
const odd = { batch: 3, time: 7, embed: 13 } as const;
/** A row longer than a group of 256 threads. */
const long = { batch: 2, time: 3, vocab: 301 } as const;
/** Nowhere 0 or below, for log, sqrt and division. */
const positive = { low: 0.4, high: 2 };

/** Whole numbers from 0 to below `count`, in no order, some more than once. */
const indices = (length: number, count: number) =>
  Array.from({ length }, (_, index) => (index * index * 7 + 3 * index) % count);
const mixed = (length: number) =>
  Array.from({ length }, (_, index) => (index * index + index) % 3 === 0 ? 1 : 0);

const both = (
  build: (shape: typeof fours | typeof odd) => PrimitiveCase,
): Cases => [build(fours), build(odd)];
const title = (shape: object) => `${Object.values(shape).join(" by ")} numbers`;

const unary = (primitive: Unary): Cases =>
  both((shape) =>
    useOf(title(shape), { x: floats(shape, positive) }, ({ x }) => apply(primitive, [x], {}), {
      gradient: primitive === "floor" ? "none" : "slope",
      open,
    })
  );

const binary = (primitive: Binary): Cases => [
  ...both((shape) =>
    useOf(
      `${title(shape)} with as many`,
      { x: floats(shape), y: floats(shape, { ...positive, seed: 1 }) },
      ({ x, y }) => apply(primitive, [x, y], {}),
      { open },
    )
  ),
  useOf(
    "a bias to rows in fours",
    { x: floats(fours), y: floats({ embed: 100 }, { ...positive, seed: 1 }) },
    ({ x, y }) => apply(primitive, [x, y], {}),
    { open },
  ),
];

const compare = (primitive: Compare): Cases =>
  both((shape) => {
    const size = sizeOf(shape);
    const title_ = `${title(shape)} with a row`;
    return primitive === "and"
      ? useOf(
        title_,
        { x: bools(shape, mixed(size)), y: bools({ embed: shape.embed }, mixed(shape.embed)) },
        ({ x, y }) => apply(primitive, [x, y], {}),
        none,
      )
      : useOf(
        title_,
        {
          x: integers(shape, indices(size, 9)),
          y: integers({ embed: shape.embed }, indices(shape.embed, 9)),
        },
        ({ x, y }) => apply(primitive, [x, y], {}),
        none,
      );
  });

const reductions = (op: typeof sum | typeof largest): Cases => [
  useOf("over a long last axis", { x: floats(long) }, ({ x }) => op(x, "vocab"), { open }),
  useOf("over a long first axis", { x: floats({ rows: 301, embed: 5 }) }, ({ x }) => op(x, "rows")),
  useOf(
    "over the first two axes of rows of 36",
    { x: floats({ batch: 2, time: 35, embed: 36 }) },
    ({ x }) => op(x, "batch", "time"),
    { open },
  ),
  useOf(
    "over the first axis of rows of 4 x 9",
    { x: floats({ batch: 5, heads: 4, embed: 9 }) },
    ({ x }) => op(x, "batch"),
  ),
  useOf("over all axes", { x: floats(long) }, ({ x }) => op(x), { open }),
];

const softmaxes = (op: typeof softmax): Cases => [
  useOf("a long last axis", { x: floats(long) }, ({ x }) => op(x, "vocab"), { open }),
  useOf("a long first axis", { x: floats({ vocab: 301, batch: 5 }) }, ({ x }) => op(x, "vocab")),
];

/** Matrix products around the sizes of tiles: 70 rows, 36 or 37 columns. */
const dots: Cases = [
  ...([36, 37] as const).map((out) =>
    useOf(
      `a layer of ${out} outputs`,
      { x: floats({ batch: 2, time: 35, embed: 64 }), w: floats({ embed: 64, out }, { seed: 1 }) },
      ({ x, w }) => dot(x, w, "embed"),
      { open },
    )
  ) as [PrimitiveCase, PrimitiveCase],
  useOf(
    "a layer's gradient over 70 tokens",
    {
      x: floats({ batch: 2, time: 35, embed: 33 }),
      y: floats({ batch: 2, time: 35, vocab: 40 }, { seed: 1 }),
    },
    ({ x, y }) => dot(x, y, "batch", "time"),
    { open },
  ),
  useOf(
    "attention scores of 34 tokens",
    {
      x: floats({ batch: 2, time: 34, heads: 3, headDim: 8 }),
      y: floats({ batch: 2, keyTime: 34, heads: 3, headDim: 8 }, { seed: 1 }),
    },
    ({ x, y }) => dot(x, y, "headDim"),
    { open: ["batch", "time", "keyTime"] },
  ),
  useOf(
    "logits from a table",
    { x: floats({ batch: 3, embed: 64 }), w: floats({ vocab: 67, embed: 64 }, { seed: 1 }) },
    ({ x, w }) => dot(x, w, "embed"),
    { open: ["batch"] },
  ),
];

const statistics = (primitive: "layerNormMean" | "layerNormInverseDeviation"): Cases => [
  useOf(
    "of rows in fours",
    { x: floats(fours), scale: floats({ embed: 100 }), bias: floats({ embed: 100 }) },
    ({ x, scale, bias }) => apply(primitive, [x, scale, bias], { axis: "embed", epsilon: 1e-5 }),
    { gradient: "refused", open },
  ),
];

/** 34 queries to 37 keys of which every third is hidden, three heads of 8 channels. */
function attended(primitive: "attention" | "attentionWeights"): PrimitiveCase {
  const keys = { batch: 2, keyTime: 37, embed: 24 } as const,
    seen = { batch: 2, time: 34, keyTime: 37 } as const;
  return useOf(
    "34 queries to 37 keys",
    {
      q: floats({ batch: 2, time: 34, embed: 24 }),
      k: floats(keys, { seed: 1 }),
      v: floats(keys, { seed: 2 }),
      seen: bools(seen, mixed(sizeOf(seen))),
    },
    ({ q, k, v, seen }) => apply(primitive, [q, k, v, seen], { heads: 3 }),
    {
      gradient: primitive === "attention" ? "slope" : "refused",
      open: ["batch", "time", "keyTime"],
    },
  );
}

/** Attention of two rows and three heads; `headDim` channels each, a cache of 72 slots. */
function cachedCase(
  name: string,
  { time, lengths, headDim }: { time: number; lengths: readonly number[]; headDim: number },
  primitive: "cachedAttention" | "cachedKeys" | "cachedValues",
): PrimitiveCase {
  const tokens = { batch: 2, time, embed: 3 * headDim },
    cache = { batch: 2, heads: 3, slot: 72, headDim };
  return useOf(
    name,
    {
      q: floats(tokens),
      k: floats(tokens, { seed: 1 }),
      v: floats(tokens, { seed: 2 }),
      keys: floats(cache, { seed: 3 }),
      values: floats(cache, { seed: 4 }),
      lengths: integers({ batch: 2 }, lengths),
      total: integers({}, [Math.max(...lengths) + 1]),
    },
    (i) => apply(primitive, [i.q, i.k, i.v, i.keys, i.values, i.lengths, i.total], { heads: 3 }),
    { gradient: "refused", open: ["batch", "time", "slot"] },
  );
}

const cached = (primitive: "cachedAttention" | "cachedKeys" | "cachedValues"): Cases => [
  cachedCase(
    "a prompt of 40 and 33 tokens",
    { time: 40, lengths: [39, 32], headDim: 8 },
    primitive,
  ),
  cachedCase(
    "a prompt of 40 tokens, 5 channels",
    { time: 40, lengths: [39, 39], headDim: 5 },
    primitive,
  ),
  cachedCase(
    "a token behind 70 and 35 others",
    { time: 1, lengths: [70, 35], headDim: 64 },
    primitive,
  ),
];

/** At least one large case of each primitive. */
export const largeCases: { readonly [P in Primitive]: Cases } = {
  ...tableOf(UNARY, unary),
  ...tableOf(BINARY, binary),
  ...tableOf(COMPARE, compare),
  input: both((shape) => useOf(title(shape), { x: floats(shape) }, ({ x }) => x, { open })),
  constant: [
    useOf(
      "a row of 100",
      { x: floats(fours) },
      ({ x }) => mul(x, constant(floats({ embed: 100 }).values, { embed: 100 })),
      { open },
    ),
  ],
  not: both((shape) =>
    useOf(title(shape), { x: bools(shape, mixed(sizeOf(shape))) }, ({ x }) => not(x), none)
  ),
  where: both((shape) =>
    useOf(
      title(shape),
      { c: bools(shape, mixed(sizeOf(shape))), x: floats(shape), y: floats(shape, { seed: 1 }) },
      ({ c, x, y }) => where(c, x, y),
      { open },
    )
  ),
  cast: both((shape) =>
    useOf(
      `${title(shape)} to int32 and from bool`,
      { x: floats(shape, { low: -90, high: 90 }), c: bools(shape, mixed(sizeOf(shape))) },
      ({ x, c }) =>
        apply(
          "add",
          [apply("cast", [x], { to: "int32" }), apply("cast", [c], { to: "int32" })],
          {},
        ),
      none,
    )
  ),
  stopGradient: both((shape) =>
    useOf(title(shape), { x: floats(shape) }, ({ x }) => stopGradient(x), none)
  ),
  expandLike: [
    useOf(
      "a row to a block",
      { x: floats({ embed: 100 }), y: floats(fours, { seed: 1 }) },
      ({ x, y }) => mul(expandLike(x, y), y), // times the reference, so that every input has a slope
      { open },
    ),
  ],
  sum: reductions(sum),
  largest: reductions(largest),
  dot: dots,
  splitAxis: [
    useOf(
      "heads of 25",
      { x: floats(fours) },
      ({ x }) => splitAxis(x, "embed", { heads: 4, headDim: 25 }),
      { open },
    ),
  ],
  mergeAxes: [
    useOf("rows of 1,100", { x: floats(fours) }, ({ x }) => mergeAxes(x, ["time", "embed"], "row")),
  ],
  transpose: [
    useOf(
      "two axes, tile by tile",
      { x: floats({ rows: 70, embed: 37 }) },
      ({ x }) => transpose(x, ["embed", "rows"]),
    ),
    ...both((shape) =>
      useOf(
        title(shape),
        { x: floats(shape) },
        ({ x }) => transpose(x, ["time", "embed", "batch"]),
        { open },
      )
    ),
  ],
  rename: both((shape) =>
    useOf(title(shape), { x: floats(shape) }, ({ x }) => rename(x, { time: "keyTime" }))
  ),
  slice: [
    useOf(
      "a third of the last axis",
      { x: floats(fours) },
      ({ x }) => slice(x, "embed", { start: 32, stop: 64 }),
      {
        open,
      },
    ),
    useOf(
      "odd numbers of the last axis",
      { x: floats(odd) },
      ({ x }) => slice(x, "embed", { start: 3, stop: 8 }),
      {
        open,
      },
    ),
  ],
  pad: [
    useOf(
      "behind 100 columns",
      { x: floats(fours) },
      ({ x }) => pad(x, "embed", { before: 3, after: 200 }),
      {
        open,
      },
    ),
  ],
  concat: [
    useOf(
      "36 and 64 columns",
      {
        x: floats({ batch: 3, time: 11, embed: 36 }),
        y: floats({ batch: 3, time: 11, embed: 64 }, { seed: 1 }),
      },
      ({ x, y }) => apply("concat", [x, y], { axis: "embed" }),
      { open },
    ),
  ],
  gather: [
    useOf(
      "40 rows of 70",
      {
        table: floats({ vocab: 70, embed: 36 }),
        i: integers({ batch: 4, time: 10 }, indices(40, 70)),
      },
      ({ table, i }) => gather(table, i, "vocab"),
      { open },
    ),
  ],
  scatterAdd: [
    useOf(
      "400 rows into 7 places",
      {
        i: integers({ batch: 4, time: 100 }, indices(400, 7)),
        u: floats({ batch: 4, time: 100, embed: 9 }),
      },
      ({ i, u }) => scatterAdd(i, u, { axis: "vocab", size: 7 }),
      { open },
    ),
  ],
  take: [
    useOf(
      "one of 301",
      { x: floats(long), i: integers({ batch: 2, time: 3 }, indices(6, 301)) },
      ({ x, i }) => take(x, i, "vocab"),
      { open },
    ),
  ],
  cumsum: [
    useOf("a long last axis", { x: floats(long) }, ({ x }) => cumsum(x, "vocab"), { open }),
    useOf(
      "a long first axis from its end",
      { x: floats({ time: 301, batch: 3 }) },
      ({ x }) => cumsum(x, "time", { reverse: true }),
      { open },
    ),
  ],
  softmax: softmaxes(softmax),
  logSoftmax: softmaxes(logSoftmax),
  layerNorm: both((shape) =>
    useOf(
      title(shape),
      {
        x: floats(shape),
        scale: floats({ embed: shape.embed }, { seed: 1 }),
        bias: floats({ embed: shape.embed }, { seed: 2 }),
      },
      ({ x, scale, bias }) => layerNorm(x, { scale, bias }, { axis: "embed", epsilon: 1e-5 }),
      { open },
    )
  ),
  layerNormMean: statistics("layerNormMean"),
  layerNormInverseDeviation: statistics("layerNormInverseDeviation"),
  attention: [attended("attention")],
  attentionWeights: [attended("attentionWeights")],
  cachedAttention: cached("cachedAttention"),
  cachedKeys: cached("cachedKeys"),
  cachedValues: cached("cachedValues"),
};
