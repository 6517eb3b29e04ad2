import assert from "node:assert/strict";
import {
  add,
  and,
  type AnyTensor,
  apply,
  cast,
  constant,
  cumsum,
  div,
  dot,
  equal,
  evaluate,
  exp,
  expandLike,
  floor,
  gather,
  gelu,
  input,
  largest,
  layerNorm,
  less,
  log,
  logSoftmax,
  max,
  mergeAxes,
  min,
  mul,
  neg,
  not,
  pad,
  type Primitive,
  rename,
  scatterAdd,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  splitAxis,
  sqrt,
  stopGradient,
  sub,
  sum,
  take,
  tanh,
  transpose,
  where,
} from "../../lib/tensor/mod.ts";
import { cachedExamples } from "./cached_examples.ts";
import type { Example } from "./example.ts";

const x = constant([1, 2, 3, 4, 5, 6], { batch: 2, embed: 3 });
const row = constant([10, 20, 30], { embed: 3 });
const column = constant([100, 200], { batch: 2 });
const turned = constant([1, 2, 3, 4, 5, 6], { embed: 3, batch: 2 }); // as [batch, embed]: 1 3 5, 2 4 6
const cube = constant([1, 2, 3, 4, 5, 6, 7, 8], { batch: 2, time: 2, embed: 2 });
const tokens = constant([2, 0, 2], { time: 3 }, "int32");
const condition = constant([1, 0], { batch: 2 }, "bool");
const { log: ln } = Math;

/** Three queries of one number, 1, and the keys 0 and ln 3: scores 0 and ln 3 (one head, divided by sqrt(1)). */
const attended = [
  constant([1, 1, 1], { batch: 1, time: 3, embed: 1 }),
  constant([0, ln(3)], { batch: 1, keyTime: 2, embed: 1 }),
  constant([4, 8], { batch: 1, keyTime: 2, embed: 1 }),
  constant([1, 1, 1, 0, 0, 0], { batch: 1, time: 3, keyTime: 2 }, "bool"),
];

/** 1, 2, 3, 6: mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5; with epsilon 0.5 the deviation is sqrt(4) = 2. */
const spread = constant([1, 2, 3, 6], { embed: 4 });
const scale = constant([1, 2, 1, 2], { embed: 4 });
const bias = constant([0, 0, 10, 10], { embed: 4 });
const norm = { axis: "embed", epsilon: 0.5 } as const;

const examples: { readonly [P in Primitive]: readonly Example[] } = {
  input: [["what is fed", input("x", { batch: 2 }), [2], [7, 8]]],
  constant: [["its values", x, [2, 3], [1, 2, 3, 4, 5, 6]]],
  neg: [["-x", neg(row), [3], [-10, -20, -30]]],
  exp: [["e^0, e^(ln 2)", exp(constant([0, ln(2)], { time: 2 })), [2], [1, 2]]],
  log: [["ln 1, ln e^3", log(constant([1, Math.exp(3)], { time: 2 })), [2], [0, 3]]],
  tanh: [[
    "(e^2x - 1) / (e^2x + 1): 0, and (9 - 1) / (9 + 1) at ln 3",
    tanh(constant([0, ln(3)], { time: 2 })),
    [2],
    [0, 0.8],
  ]],
  sqrt: [["roots", sqrt(constant([4, 2.25], { time: 2 })), [2], [2, 1.5]]],
  sin: [["sin pi/6, sin -pi/2", sin(constant([Math.PI / 6, -Math.PI / 2], { time: 2 })), [2], [
    0.5,
    -1,
  ]]],
  floor: [["the whole number below", floor(constant([1.7, -1.2, 3], { time: 3 })), [3], [
    1,
    -2,
    3,
  ]]],
  sigmoid: [[
    "1 / (1 + e^-x): 1/2, and 1 / (1 + 1/3) at ln 3",
    sigmoid(constant([0, ln(3)], { time: 2 })),
    [
      2,
    ],
    [0.5, 0.75],
  ]],
  softplus: [
    ["ln(1 + e^x): ln 2, and ln(1 + 3) at ln 3", softplus(constant([0, ln(3)], { time: 2 })), [2], [
      ln(2),
      ln(4),
    ]],
    [
      "no overflow: x for a large x, 0 for a very small one",
      softplus(constant([800, -800], { time: 2 })),
      [
        2,
      ],
      [800, 0],
    ],
  ],
  gelu: [[
    "0, x for large x, and 0.5 (1 + tanh(0.7978846 x 1.044715)) at 1",
    gelu(constant([0, 20, 1], { time: 3 })),
    [3],
    [
      0,
      20,
      0.5 * (1 + Math.tanh(0.7978845608 * 1.044715)),
    ],
  ]],
  add: [
    ["a row to each row", add(x, row), [2, 3], [11, 22, 33, 14, 25, 36]],
    ["a column to each column", add(x, column), [2, 3], [101, 102, 103, 204, 205, 206]],
    ["axes in another order: 1 + 1, 2 + 3, 3 + 5, 4 + 2, ...", add(x, turned), [2, 3], [
      2,
      5,
      8,
      6,
      9,
      12,
    ]],
    ["no axis in common: every pair", add(row, column, { outer: true }), [3, 2], [
      110,
      210,
      120,
      220,
      130,
      230,
    ]],
    ["a number", add(row, 1), [3], [11, 21, 31]],
  ],
  sub: [["the left lacks an axis: 10 - 1, 20 - 2, ...", sub(row, x), [3, 2], [
    9,
    6,
    18,
    15,
    27,
    24,
  ]]],
  mul: [["row by row: 1 x 10, 2 x 20, ...", mul(x, row), [2, 3], [10, 40, 90, 40, 100, 180]]],
  div: [
    ["1 / x", div(1, constant([2, 4], { time: 2 })), [2], [0.5, 0.25]],
    [
      "integers, towards zero: 7 / 2, -7 / 2",
      apply("div", [constant([7, -7], { time: 2 }, "int32"), constant([2], {}, "int32")], {}),
      [2],
      [3, -3],
    ],
  ],
  max: [["the larger one", max(x, 3.5), [2, 3], [3.5, 3.5, 3.5, 4, 5, 6]]],
  min: [["the smaller one", min(x, 3.5), [2, 3], [1, 2, 3, 3.5, 3.5, 3.5]]],
  less: [["1 < 2, 2 < 2, 3 < 2, ...", less(row, 20), [3], [1, 0, 0]]],
  equal: [[
    "each token with each row number",
    equal(tokens, constant([0, 1, 2], { vocab: 3 }, "int32"), { outer: true }),
    [
      3,
      3,
    ],
    [
      ...[0, 0, 1],
      ...[1, 0, 0],
      ...[0, 0, 1],
    ],
  ]],
  and: [["both", and(condition, constant([1, 1], { batch: 2 }, "bool")), [2], [1, 0]]],
  not: [["the opposite", not(condition), [2], [0, 1]]],
  where: [
    ["x in the first row, the row's numbers in the second", where(condition, x, row), [2, 3], [
      1,
      2,
      3,
      10,
      20,
      30,
    ]],
    ["the condition alone has the axis", where(condition, 1, -1), [2], [1, -1]],
  ],
  cast: [
    ["towards zero", cast(constant([1.9, -1.9], { time: 2 }), "int32"), [2], [1, -1]],
    ["everything but 0 is true", cast(constant([0, 0.1, -3], { time: 3 }), "bool"), [3], [0, 1, 1]],
    ["true is 1", cast(condition, "float32"), [2], [1, 0]],
  ],
  stopGradient: [["the value itself", stopGradient(row), [3], [10, 20, 30]]],
  expandLike: [["repeated, in the order of the reference", expandLike(row, x), [2, 3], [
    10,
    20,
    30,
    10,
    20,
    30,
  ]]],
  sum: [
    ["over the first axis: 1 + 4, 2 + 5, 3 + 6", sum(x, "batch"), [3], [5, 7, 9]],
    ["over the last: 1 + 2 + 3, 4 + 5 + 6", sum(x, "embed"), [2], [6, 15]],
    ["over all: 21", sum(x), [], [21]],
  ],
  largest: [
    ["over the first axis", largest(x, "batch"), [3], [4, 5, 6]],
    ["of numbers below zero", largest(neg(x), "embed"), [2], [-1, -4]],
  ],
  dot: [
    ["matrix x vector: 10 + 40 + 90, 40 + 100 + 180", dot(x, row, "embed"), [2], [140, 320]],
    ["over the first axis: 100 + 4 x 200, 200 + 5 x 200, ...", dot(x, column, "batch"), [3], [
      900,
      1200,
      1500,
    ]],
    ["over both: 1x1 + 2x3 + 3x5 + 4x2 + 5x4 + 6x6", dot(x, turned, "batch", "embed"), [], [86]],
    ["batch side by side: 1 + 2x3 + 3x5, 4x2 + 5x4 + 6x6", dot(x, turned, "embed"), [2], [22, 64]],
    [
      "own axes of both: rows 1 2 3 and 4 5 6 with columns 1 0 1 and 0 2 0",
      dot(x, constant([1, 0, 0, 2, 1, 0], { embed: 3, vocab: 2 }), "embed"),
      [2, 2],
      [1 + 3, 2 * 2, 4 + 6, 5 * 2],
    ],
  ],
  splitAxis: [[
    "6 = 2 x 3, the last fastest",
    splitAxis(constant([1, 2, 3, 4, 5, 6], { row: 6 }), "row", { p: 2, q: 3 }),
    [2, 3],
    [1, 2, 3, 4, 5, 6],
  ]],
  mergeAxes: [["2 x 3 = 6, the last fastest", mergeAxes(x, ["batch", "embed"], "row"), [6], [
    1,
    2,
    3,
    4,
    5,
    6,
  ]], [
    "axes that are not neighbours: of time 0, then of time 1",
    mergeAxes(cube, ["batch", "embed"], "row"),
    [2, 4],
    [1, 2, 5, 6, 3, 4, 7, 8],
  ]],
  transpose: [["columns become rows", transpose(x, ["embed", "batch"]), [3, 2], [
    1,
    4,
    2,
    5,
    3,
    6,
  ]]],
  rename: [["the same numbers", rename(x, { embed: "width" }), [2, 3], [1, 2, 3, 4, 5, 6]]],
  slice: [
    ["columns 1 and 2", slice(x, "embed", { start: 1, stop: 3 }), [2, 2], [2, 3, 5, 6]],
    ["row 1", slice(x, "batch", { start: 1, stop: 2 }), [1, 3], [4, 5, 6]],
  ],
  pad: [["a 0 before and two after", pad(column, "batch", { before: 1, after: 2 }), [5], [
    0,
    100,
    200,
    0,
    0,
  ]]],
  concat: [
    ["columns beside columns", apply("concat", [x, x], { axis: "embed" }), [2, 6], [
      1,
      2,
      3,
      1,
      2,
      3,
      4,
      5,
      6,
      4,
      5,
      6,
    ]],
    ["rows below rows", apply("concat", [x, x], { axis: "batch" }), [4, 3], [
      1,
      2,
      3,
      4,
      5,
      6,
      1,
      2,
      3,
      4,
      5,
      6,
    ]],
  ],
  gather: [["rows 2, 0, 2", gather(turned, tokens, "embed"), [3, 2], [5, 6, 1, 2, 5, 6]], [
    "columns 2, 0, 2, by the last axis of the table",
    gather(x, tokens, "embed"),
    [3, 2],
    [3, 6, 1, 4, 3, 6],
  ]],
  scatterAdd: [
    [
      "1 + 3 into row 2, 2 into row 0, nothing into row 1",
      scatterAdd(tokens, constant([1, 2, 3], { time: 3 }), { axis: "vocab", size: 3 }),
      [3],
      [2, 0, 4],
    ],
    [
      "rows: [1 4] + [3 6] into row 2, [2 5] into row 0",
      scatterAdd(tokens, constant([1, 2, 3, 4, 5, 6], { embed: 2, time: 3 }), {
        axis: "vocab",
        size: 3,
      }),
      [3, 2],
      [2, 5, 0, 0, 4, 10],
    ],
  ],
  take: [[
    "element 2 of the first row, 0 of the second",
    take(x, constant([2, 0], { batch: 2 }, "int32"), "embed"),
    [2],
    [3, 4],
  ], [
    "the same of 1 3 5 and 2 4 6, along the first axis",
    take(turned, constant([2, 0], { batch: 2 }, "int32"), "embed"),
    [2],
    [5, 2],
  ]],
  cumsum: [
    ["1, 1 + 2, 1 + 2 + 3, and again", cumsum(x, "embed"), [2, 3], [1, 3, 6, 4, 9, 15]],
    ["down the columns", cumsum(x, "batch"), [2, 3], [1, 2, 3, 5, 7, 9]],
    ["from the end: 1 + 2 + 3, 2 + 3, 3", cumsum(x, "embed", { reverse: true }), [2, 3], [
      6,
      5,
      3,
      15,
      11,
      6,
    ]],
  ],
  softmax: [
    ["1 : 3 is 1/4, 3/4", softmax(constant([0, ln(3)], { vocab: 2 }), "vocab"), [2], [0.25, 0.75]],
    ["no overflow", softmax(constant([1000, 1000 + ln(3)], { vocab: 2 }), "vocab"), [2], [
      0.25,
      0.75,
    ]],
    [
      "down the columns: 1 : 1 and 1 : 3",
      softmax(constant([0, 0, 0, ln(3)], { a: 2, b: 2 }), "a"),
      [2, 2],
      [
        0.5,
        0.25,
        0.5,
        0.75,
      ],
    ],
  ],
  logSoftmax: [
    ["ln 1/4, ln 3/4", logSoftmax(constant([0, ln(3)], { vocab: 2 }), "vocab"), [2], [
      ln(0.25),
      ln(0.75),
    ]],
    [
      "finite where a probability is 0 in float32",
      logSoftmax(constant([0, 500], { vocab: 2 }), "vocab"),
      [2],
      [-500, 0],
    ],
  ],
  layerNorm: [["(x - 3) / 2 scale + bias", layerNorm(spread, { scale, bias }, norm), [4], [
    -1,
    -1,
    0 + 10,
    3 + 10,
  ]], [
    "along the first axis, of two columns that differ by 100",
    layerNorm(
      constant([1, 101, 2, 102, 3, 103, 6, 106], { embed: 4, time: 2 }),
      { scale, bias },
      norm,
    ),
    [4, 2],
    [-1, -1, -1, -1, 10, 10, 13, 13],
  ]],
  layerNormMean: [["(1 + 2 + 3 + 6) / 4", apply("layerNormMean", [spread, scale, bias], norm), [], [
    3,
  ]]],
  layerNormInverseDeviation: [[
    "1 / sqrt(3.5 + 0.5)",
    apply("layerNormInverseDeviation", [spread, scale, bias], norm),
    [],
    [0.5],
  ]],
  attention: [
    [
      "weights 1 : 3 of 4 and 8; one key; no key",
      apply("attention", attended, { heads: 1 }),
      [1, 3, 1],
      [(4 + 3 * 8) / 4, 4, 0],
    ],
  ],
  attentionWeights: [
    [
      "1 : 3; one key; no key",
      apply("attentionWeights", attended, { heads: 1 }),
      [1, 1, 3, 2],
      [0.25, 0.75, 1, 0, 0, 0],
    ],
  ],
  ...cachedExamples,
};

function assertValue(tensor: AnyTensor, dims: readonly number[], numbers: readonly number[]): void {
  const [found] = evaluate([tensor], { x: { dims: [2], data: new Float64Array([7, 8]) } });
  assert.deepEqual(found.dims, dims);
  assert.equal(found.data.length, numbers.length);
  numbers.forEach((number, at) =>
    assert.ok(
      Math.abs(found.data[at] - number) < 1e-9,
      `${found.data[at]} at ${at}, wanted ${number}`,
    )
  );
}

for (const [primitive, list] of Object.entries(examples)) {
  for (const [title, tensor, dims, numbers] of list) {
    Deno.test(`${primitive} gives ${title}`, () => assertValue(tensor, dims, numbers));
  }
}
