/** Uses of the primitives that work element by element: every way in which axes can meet. */
import {
  add,
  and,
  apply,
  type Binary,
  cast,
  type Compare,
  div,
  equal,
  exp,
  expandLike,
  floor,
  gelu,
  less,
  log,
  max,
  min,
  mul,
  neg,
  not,
  sigmoid,
  sin,
  softplus,
  sqrt,
  stopGradient,
  sub,
  tanh,
  type Tensor,
  type Unary,
  where,
} from "../../lib/tensor/mod.ts";
import { type PrimitiveCase, useOf } from "./primitive_case.ts";
import { bools, type FloatOptions, floats, integers } from "./samples.ts";

type Uses<P extends string> = { readonly [N in P]: readonly PrimitiveCase[] };
const both = { batch: 2, embed: 3 } as const;
const open = ["batch", "time"];
const none = { gradient: "none", open } as const;

const unary = (f: (x: Tensor<typeof both>) => Tensor, options?: FloatOptions): PrimitiveCase[] => [
  useOf("a matrix", { x: floats(both, options) }, ({ x }) => f(x), { open }),
];

/** Uses of one-input primitives; log and sqrt get numbers above zero. */
export const unaryUses: Uses<Unary> = {
  neg: unary(neg),
  exp: unary(exp),
  log: unary(log, { low: 0.3, high: 3 }),
  tanh: unary(tanh),
  sqrt: unary(sqrt, { low: 0.3, high: 3 }),
  sin: unary(sin, { low: -5, high: 5 }),
  floor: [useOf("a matrix", { x: floats(both, { low: -3, high: 3 }) }, ({ x }) => floor(x), none)],
  sigmoid: unary(sigmoid),
  softplus: [
    ...unary(softplus),
    useOf(
      "numbers that would overflow",
      { x: floats({ time: 2 }, { values: [-90, 90] }) },
      ({ x }) => softplus(x),
    ),
  ],
  gelu: unary(gelu, { low: -4, high: 4 }),
};

type Op = (a: Tensor, b: Tensor, options?: { outer: true }) => Tensor;

/** Every way in which the axes of two inputs can meet; the right side is kept away from 0 for div. */
function binary(op: Op): PrimitiveCase[] {
  const y = { low: 0.4, high: 2, seed: 1 };
  return [
    useOf("the same axes", { x: floats(both), y: floats(both, y) }, (i) => op(i.x, i.y), { open }),
    useOf(
      "axes in another order",
      { x: floats(both), y: floats({ embed: 3, batch: 2 }, y) },
      (i) => op(i.x, i.y),
      {
        open,
      },
    ),
    useOf(
      "the right lacks the first axis",
      { x: floats(both), y: floats({ embed: 3 }, y) },
      (i) => op(i.x, i.y),
      {
        open,
      },
    ),
    useOf(
      "the right lacks the last axis",
      { x: floats(both), y: floats({ batch: 2 }, y) },
      (i) => op(i.x, i.y),
      {
        open,
      },
    ),
    useOf(
      "the left lacks the first axis",
      { x: floats({ embed: 3 }), y: floats(both, y) },
      (i) => op(i.x, i.y),
      {
        open,
      },
    ),
    useOf(
      "the left lacks the last axis",
      { x: floats({ batch: 2 }), y: floats(both, y) },
      (i) => op(i.x, i.y),
      {
        open,
      },
    ),
    useOf(
      "each lacks an axis",
      { x: floats({ time: 2, embed: 3 }), y: floats({ embed: 3, batch: 2 }, y) },
      (i) => op(i.x, i.y, { outer: true }),
      { open },
    ),
    useOf(
      "no axis in common",
      { x: floats({ time: 4 }), y: floats({ batch: 2 }, y) },
      (i) => op(i.x, i.y, { outer: true }),
      {
        open,
      },
    ),
    useOf("a number on the left", { x: floats({}), y: floats(both, y) }, (i) => op(i.x, i.y), {
      open,
    }),
    useOf("two numbers", { x: floats({}), y: floats({}, y) }, (i) => op(i.x, i.y)),
    useOf(
      "axes of size 1",
      { x: floats({ batch: 1, embed: 3 }), y: floats({ batch: 1 }, y) },
      (i) => op(i.x, i.y),
      {
        open,
      },
    ),
    useOf("one tensor on both sides", { x: floats(both, y) }, ({ x }) => op(x, x), { open }),
  ];
}

/** Integers go through `apply`: the typed ops are for float32. */
const onIntegers = (primitive: Binary): PrimitiveCase =>
  useOf(
    "integers",
    { x: integers({ batch: 2, time: 2 }, [7, -7, 6, 0]), y: integers({ time: 2 }, [2, 3]) },
    ({ x, y }) => apply(primitive, [x, y], {}),
    none,
  );

/** Uses of two-input primitives. */
export const binaryUses: Uses<Binary> = {
  add: [...binary(add), onIntegers("add")],
  sub: [...binary(sub), onIntegers("sub")],
  mul: [...binary(mul), onIntegers("mul")],
  div: [...binary(div), onIntegers("div")],
  max: [...binary(max), onIntegers("max")],
  min: [...binary(min), onIntegers("min")],
};

const comparison = (op: typeof less | typeof equal): PrimitiveCase[] => [
  useOf(
    "floats with equal ones among them",
    {
      x: floats(both, { values: [1, 2, 3, 4, 5, 6] }),
      y: floats({ embed: 3 }, { values: [1, 5, 3] }),
    },
    ({ x, y }) => op(x, y),
    none,
  ),
  useOf(
    "integers that lack an axis each",
    { x: integers({ batch: 2 }, [1, 2]), y: integers({ time: 3 }, [0, 1, 2]) },
    ({ x, y }) => op(x, y, { outer: true }),
    none,
  ),
  useOf(
    "integers with a number",
    { x: integers({ batch: 3 }, [1, 2, 3]) },
    ({ x }) => op(x, 2),
    none,
  ),
];

/** Uses of comparisons: their results are bool and have no gradient. */
export const compareUses: Uses<Compare> = {
  less: comparison(less),
  equal: comparison(equal),
  and: [
    useOf(
      "all four combinations",
      { x: bools({ batch: 2 }, [0, 1]), y: bools({ time: 2, batch: 2 }, [0, 0, 1, 1]) },
      ({ x, y }) => and(x, y),
      none,
    ),
  ],
};

/** Uses of the other primitives that work element by element. */
export const choiceUses: Uses<"not" | "where" | "cast" | "stopGradient" | "expandLike"> = {
  not: [useOf("both values", { x: bools({ batch: 2 }, [0, 1]) }, ({ x }) => not(x), none)],
  where: [
    useOf(
      "the same axes",
      { c: bools(both, [1, 0, 1, 0, 0, 1]), x: floats(both), y: floats(both, { seed: 1 }) },
      ({ c, x, y }) => where(c, x, y),
      { open },
    ),
    useOf(
      "the condition lacks an axis",
      { c: bools({ batch: 2 }, [1, 0]), x: floats(both), y: floats({ embed: 3 }, { seed: 1 }) },
      ({ c, x, y }) => where(c, x, y),
      { open },
    ),
    useOf(
      "only the condition has an axis",
      {
        c: bools({ time: 2, embed: 3 }, [1, 0, 1, 0, 0, 1]),
        x: floats({ embed: 3 }),
        y: floats({}, { seed: 1 }),
      },
      ({ c, x, y }) => where(c, x, y),
      { open },
    ),
    useOf(
      "axes in another order",
      { c: bools({ embed: 3, batch: 2 }, [1, 0, 1, 0, 0, 1]), x: floats(both) },
      ({ c, x }) => where(c, x, -1),
      { open },
    ),
  ],
  cast: [
    useOf(
      "float32 to int32, towards zero",
      { x: floats({ batch: 4 }, { values: [-1.7, -0.2, 0.9, 2.5] }) },
      ({ x }) => cast(x, "int32"),
      none,
    ),
    useOf(
      "int32 to float32",
      { x: integers({ batch: 2 }, [-3, 70000]) },
      ({ x }) => cast(x, "float32"),
      none,
    ),
    useOf(
      "float32 to bool",
      { x: floats({ batch: 3 }, { values: [0, 0.3, -2] }) },
      ({ x }) => cast(x, "bool"),
      none,
    ),
    useOf(
      "int32 to bool",
      { x: integers({ batch: 3 }, [0, 1, -2]) },
      ({ x }) => cast(x, "bool"),
      none,
    ),
    useOf(
      "bool to float32",
      { x: bools({ batch: 2 }, [0, 1]) },
      ({ x }) => cast(x, "float32"),
      none,
    ),
    useOf("bool to int32", { x: bools({ batch: 2 }, [0, 1]) }, ({ x }) => cast(x, "int32"), none),
  ],
  stopGradient: [useOf("a matrix", { x: floats(both) }, ({ x }) => stopGradient(x), none)],
  /** Times the reference, so that every input has a slope. */
  expandLike: [
    useOf(
      "a vector",
      { x: floats({ embed: 3 }), r: floats(both) },
      ({ x, r }) => mul(expandLike(x, r), r),
      {
        open,
      },
    ),
    useOf(
      "a column",
      { x: floats({ batch: 2 }), r: floats(both) },
      ({ x, r }) => mul(expandLike(x, r), r),
      {
        open,
      },
    ),
    useOf("a number", { x: floats({}), r: floats(both) }, ({ x, r }) => mul(expandLike(x, r), r), {
      open,
    }),
    useOf(
      "two axes in another order",
      { x: floats({ embed: 3, batch: 2 }), r: floats({ batch: 2, time: 4, embed: 3 }) },
      ({ x, r }) => mul(expandLike(x, r), r),
      { open },
    ),
  ],
};
