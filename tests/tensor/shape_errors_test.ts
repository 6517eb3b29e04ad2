import assert from "node:assert/strict";
import {
  apply,
  type Attributes,
  type DType,
  input,
  mean,
  type Primitive,
  type Shape,
  UNKNOWN,
} from "../../lib/tensor/mod.ts";

/** Tensors with too much freedom for the typed ops, which would not let these mistakes compile. */
const tensor = (shape: Shape, dtype: DType = "float32") =>
  apply("input", [], { name: "x", shape, dtype });
const x = tensor({ batch: UNKNOWN, time: 2, embed: 3 });
const ids = tensor({ batch: UNKNOWN, time: 2 }, "int32");
const mask = tensor({ batch: UNKNOWN, time: 2 }, "bool");
const vector = tensor({ embed: 3 });
const longer = tensor({ embed: 4 });
const width = (size: number) => tensor({ embed: size });

/** A mistake: a primitive's inputs and attributes, and the sentence they must give. */
interface Mistake {
  readonly inputs: readonly ReturnType<typeof tensor>[];
  readonly attributes: Attributes[Primitive];
  readonly error: "RangeError" | "TypeError";
  readonly sentence: string;
}
type Make = (
  sentence: string,
  inputs: Mistake["inputs"],
  attributes: Mistake["attributes"],
) => Mistake;

const range: Make = (sentence, inputs, attributes) => ({
  inputs,
  attributes,
  error: "RangeError",
  sentence,
});
const type: Make = (sentence, inputs, attributes) => ({
  inputs,
  attributes,
  error: "TypeError",
  sentence,
});

const outer = (name: string, operands: Mistake["inputs"]) =>
  range(
    `Cannot ${name} without { outer: true }: axis "batch" is only on the left, "vocab" only on the right`,
    operands,
    {},
  );

const unary = (name: string) => [type(`Cannot ${name} int32 values: float32 is wanted`, [ids], {})];
const binary = (name: string) => [
  range(
    `Cannot ${name}: axis "embed" has size 3 on the left and 4 on the right`,
    [vector, longer],
    {},
  ),
  outer(name, [x, tensor({ vocab: 7 })]),
  type(`Cannot ${name} float32 and int32: cast one of them`, [x, ids], {}),
  type(`Cannot ${name} bool values: cast them to float32 first`, [mask, mask], {}),
];
const compare = (name: string) => [
  range(
    `Cannot ${name}: axis "embed" has size 3 on the left and 4 on the right`,
    [vector, longer],
    {},
  ),
  outer(name, [x, tensor({ vocab: 7 })]),
  type("Cannot compare float32 and int32: cast one of them", [x, ids], {}),
  type(`Cannot apply "${name}" to bool values`, [mask, mask], {}),
];
const reduce = (action: string) => [
  range(`Cannot ${action} over "heads": the tensor has axes [batch, time 2, embed 3]`, [x], {
    axes: ["heads"],
  }),
  type(`Cannot ${action} int32 values: float32 is wanted`, [ids], { axes: ["time"] }),
];
const along = { axis: "heads", reverse: false } as const;
const alongAxis = (action: string) => [
  range(`Cannot ${action} over "heads": the tensor has axes [batch, time 2, embed 3]`, [x], along),
  type(`Cannot ${action} int32 values: float32 is wanted`, [ids], along),
];
const norm = { axis: "embed", epsilon: 1e-5 } as const;
const layerNorm = [
  range('Cannot layerNorm over "heads": the tensor has axes [batch, time 2, embed 3]', [
    x,
    vector,
    vector,
  ], {
    ...norm,
    axis: "heads",
  }),
  range('Cannot layerNorm over "time": it must be the last axis of [batch, time 2, embed 3]', [
    x,
    vector,
    vector,
  ], {
    ...norm,
    axis: "time",
  }),
  range(
    'Cannot layerNorm: axis "batch" is only on the right',
    [
      x,
      vector,
      x,
    ],
    norm,
  ),
  range(
    'Cannot layerNorm: axis "embed" has size 3 on the left and 4 on the right',
    [x, longer, vector],
    norm,
  ),
  type("Cannot layerNorm int32 values: float32 is wanted", [x, vector, ids], norm),
];
const attention = [
  range(
    "Cannot attend with 2 heads: the query is [batch, time 2, embed 3] and the cache [embed 3]; " +
      "wanted [batch, time, embed] and [batch, heads, slot, headDim] with embed = heads x headDim",
    [x, x, x, vector],
    { heads: 2 },
  ),
  range(
    "Cannot attend with 2 heads: the query is [batch, time 2, embed 3] and the cache [a 1, b 2, c 3, d 4]; " +
      "wanted [batch, time, embed] and [batch, heads, slot, headDim] with embed = heads x headDim",
    [x, x, x, tensor({ a: 1, b: 2, c: 3, d: 4 })],
    { heads: 2 },
  ),
];

const keys = tensor({ batch: UNKNOWN, keyTime: 4, embed: 3 });
const visible = tensor({ batch: UNKNOWN, time: 2, keyTime: 4 }, "bool");
const wholeAttention = [
  range(
    "Cannot attend with 2 heads: the query is [batch, time 2, embed 3], the key [batch, keyTime 4, embed 3], the value " +
      "[batch, keyTime 4, embed 3] and visible [batch, time 2, keyTime 4]; wanted [batch, time, embed], twice " +
      "[batch, keyTime, embed] and [batch, time, keyTime] with embed = heads x headDim",
    [x, keys, keys, visible],
    { heads: 2 },
  ),
  range(
    'Cannot attend: axis "time" is only on the left',
    [x, x, keys, mask],
    { heads: 1 },
  ),
  range('Cannot attend: visible has no axis "keyTime"', [x, keys, keys, mask], { heads: 1 }),
  range(
    'Cannot attend: axis "embed" has size 3 on the left and 4 on the right',
    [x, tensor({ batch: UNKNOWN, keyTime: 4, embed: 4 }), keys, visible],
    { heads: 1 },
  ),
  type("Cannot attend to int32 values: float32 is wanted", [x, keys, ids, visible], { heads: 1 }),
  type("Cannot attend by float32 values: bool is wanted", [x, keys, keys, keys], { heads: 1 }),
];

const mistakes: { readonly [P in Primitive]: readonly Mistake[] } = {
  input: [],
  constant: [
    range("Cannot make a constant [time 2] of 3 values: 2 are wanted", [], {
      values: [1, 2, 3],
      shape: { time: 2 },
      dtype: "float32",
    }),
  ],
  neg: unary("neg"),
  exp: unary("exp"),
  log: unary("log"),
  tanh: unary("tanh"),
  sqrt: unary("sqrt"),
  sin: unary("sin"),
  floor: unary("floor"),
  sigmoid: unary("sigmoid"),
  softplus: unary("softplus"),
  gelu: unary("gelu"),
  add: binary("add"),
  sub: binary("sub"),
  mul: binary("mul"),
  div: binary("div"),
  max: binary("max"),
  min: binary("min"),
  less: compare("less"),
  equal: compare("equal"),
  and: [
    range(
      'Cannot and: axis "time" has size 2 on the left and 3 on the right',
      [mask, tensor({ time: 3 }, "bool")],
      {},
    ),
    outer("and", [mask, tensor({ vocab: 7 }, "bool")]),
    type('Cannot apply "and" to float32 values', [x, x], {}),
  ],
  not: [type("Cannot negate float32 values: bool is wanted", [x], {})],
  where: [
    type("Cannot choose by float32 values: bool is wanted", [x, x, x], {}),
    type("Cannot choose between float32 and int32: cast one of them", [mask, x, ids], {}),
    range(
      "Cannot where: no operand has all axes of the result; expand one with expandLike",
      [mask, vector, vector],
      {},
    ),
    range('Cannot where: axis "embed" has size 3 on the left and 4 on the right', [
      mask,
      vector,
      longer,
    ], {}),
    range(
      'Cannot where: axis "time" has size 2 on the left and 3 on the right',
      [tensor({ time: 3 }, "bool"), x, x],
      {},
    ),
  ],
  cast: [],
  stopGradient: [],
  expandLike: [
    range('Cannot expand: axis "batch" is only on the left', [
      x,
      vector,
    ], {}),
    range('Cannot expand: axis "embed" has size 4 on the left and 3 on the right', [longer, x], {}),
    type("Cannot expand int32 values: float32 is wanted", [vector, ids], {}),
  ],
  sum: reduce("sum"),
  largest: reduce("take the largest"),
  dot: [
    range('Cannot dot: axis "embed" has size 768 on the left and 512 on the right', [
      width(768),
      width(512),
    ], {
      axes: ["embed"],
    }),
    range('Cannot dot over "time": the tensor has axes [embed 3]', [x, vector], { axes: ["time"] }),
    range('Cannot dot: axis "embed" has size 3 on the left and 4 on the right', [
      x,
      tensor({ time: 2, embed: 4 }),
    ], {
      axes: ["time"],
    }),
    type("Cannot dot int32 values: float32 is wanted", [x, ids], { axes: ["time"] }),
  ],
  splitAxis: [
    range('Cannot split over "heads": the tensor has axes [embed 3]', [vector], {
      axis: "heads",
      into: {},
    }),
    range('Cannot split "embed" of size 3: the product of the new sizes is 4', [vector], {
      axis: "embed",
      into: { heads: 2, headDim: 2 },
    }),
    range('Cannot split: the result would have two axes "time"', [x], {
      axis: "embed",
      into: { heads: 3, time: 1 },
    }),
  ],
  mergeAxes: [
    range(
      "Cannot merge batch, embed: they are not neighbours in this order in [batch, time 2, embed 3]",
      [x],
      {
        axes: ["batch", "embed"],
        name: "row",
      },
    ),
    range(
      "Cannot merge time, batch: they are not neighbours in this order in [batch, time 2, embed 3]",
      [x],
      {
        axes: ["time", "batch"],
        name: "row",
      },
    ),
    range('Cannot merge over "heads": the tensor has axes [embed 3]', [vector], {
      axes: ["heads"],
      name: "row",
    }),
    range('Cannot merge: the result would have two axes "embed"', [x], {
      axes: ["batch", "time"],
      name: "embed",
    }),
  ],
  transpose: [
    range("Cannot order [embed 3] as [embed, time]: the axes differ", [vector], {
      order: ["embed", "time"],
    }),
  ],
  rename: [
    range(
      'Cannot rename: the result would have two axes "batch"',
      [x],
      {
        names: { time: "batch" },
      },
    ),
    range('Cannot rename over "heads": the tensor has axes [embed 3]', [vector], {
      names: { heads: "h" },
    }),
  ],
  slice: [
    range('Cannot slice "embed" of size 3 from 1 to 4', [vector], {
      axis: "embed",
      start: 1,
      stop: 4,
    }),
    range('Cannot slice "embed" of size 3 from 2 to 2', [vector], {
      axis: "embed",
      start: 2,
      stop: 2,
    }),
    range('Cannot slice "embed" of size 3 from -1 to 2', [vector], {
      axis: "embed",
      start: -1,
      stop: 2,
    }),
    range('Cannot slice over "time": the tensor has axes [embed 3]', [vector], {
      axis: "time",
      start: 0,
      stop: 1,
    }),
  ],
  pad: [
    range('Cannot pad over "time": the tensor has axes [embed 3]', [vector], {
      axis: "time",
      before: 0,
      after: 1,
    }),
  ],
  concat: [
    range('Cannot concat over "heads": the tensor has axes [embed 3]', [vector, vector], {
      axis: "heads",
    }),
    range(
      'Cannot concat: axis "batch" is missing from one of the parts',
      [x, vector],
      { axis: "embed" },
    ),
    type("Cannot concat int32 values: float32 is wanted", [vector, ids], { axis: "embed" }),
  ],
  gather: [
    type("Cannot gather by float32 values: int32 is wanted", [vector, vector], { axis: "embed" }),
    range('Cannot gather over "time": the tensor has axes [embed 3]', [vector, ids], {
      axis: "time",
    }),
    range('Cannot gather: the result would have two axes "time"', [x, ids], { axis: "batch" }),
  ],
  scatterAdd: [
    type("Cannot scatter by float32 values: int32 is wanted", [vector, x], {
      axis: "vocab",
      size: 2,
    }),
    type("Cannot scatter int32 values: float32 is wanted", [ids, ids], { axis: "vocab", size: 2 }),
    range('Cannot scatter: axis "batch" is only on the left', [ids, vector], {
      axis: "vocab",
      size: 2,
    }),
    range('Cannot scatter: the result would have two axes "embed"', [ids, x], {
      axis: "embed",
      size: 2,
    }),
  ],
  take: [
    type("Cannot take by float32 values: int32 is wanted", [x, x], { axis: "embed" }),
    range('Cannot take over "heads": the tensor has axes [batch, time 2, embed 3]', [x, ids], {
      axis: "heads",
    }),
    range(
      'Cannot take: axis "embed" is only on the left',
      [x, ids],
      { axis: "time" },
    ),
    range(
      'Cannot take: axis "time" has size 2 on the left and 5 on the right',
      [x, tensor({ batch: UNKNOWN, time: 5 }, "int32")],
      { axis: "embed" },
    ),
  ],
  cumsum: alongAxis("cumsum"),
  softmax: alongAxis("softmax"),
  logSoftmax: alongAxis("logSoftmax"),
  layerNorm,
  layerNormMean: layerNorm,
  layerNormInverseDeviation: layerNorm,
  attention: wholeAttention,
  attentionWeights: wholeAttention,
  cachedAttention: attention,
  cachedKeys: attention,
  cachedValues: attention,
};

for (const primitive of Object.keys(mistakes) as Primitive[]) { // its keys by its type
  for (const { inputs, attributes, error, sentence } of mistakes[primitive]) {
    Deno.test(`${primitive} throws: ${sentence}`, () => {
      assert.throws(() => apply(primitive, inputs, attributes), { name: error, message: sentence });
    });
  }
}

Deno.test("mean throws where a size is unknown", () => {
  assert.throws(() => mean(input("x", { batch: UNKNOWN, time: 3 })), {
    name: "RangeError",
    message: "Cannot mean over batch, time: the size is not known before the program runs",
  });
});
