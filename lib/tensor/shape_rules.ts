/**
 * Shape rules: for each primitive, the axes and element type of its result. A rule throws if the
 * inputs do not fit.
 */
import { attentionWeights, cache } from "./attention_shapes.ts";
import {
  type Attributes,
  BINARY,
  type Binary,
  COMPARE,
  type Compare,
  type Primitive,
  tableOf,
  UNARY,
  type Unary,
} from "./primitives.ts";
import { noneHasAll, outOfRange, partLacks } from "./sentences.ts";
import {
  broadcastShape,
  dotShape,
  mergedShape,
  mergeShapes,
  requireAxes,
  requireFree,
  requireSameAxes,
  requireWithin,
  splitShape,
} from "./shape_changes.ts";
import {
  axesOf,
  describeShape,
  dropAxes,
  keepAxes,
  type Shape,
  sizeOf,
  type Typed,
  UNKNOWN,
} from "./shape.ts";
import { type Inputs, requireType, sameType } from "./require_type.ts";

type ShapeRule<P extends Primitive> = (inputs: Inputs, attributes: Attributes[P]) => Typed;

const float = (shape: Shape): Typed => ({ shape, dtype: "float32" });

const unary = (name: Unary): ShapeRule<Unary> => ([x]) => {
  requireType([x], "float32", name);
  return float(x.shape);
};

const binary = (name: Binary): ShapeRule<Binary> => ([a, b], { outer }) => {
  const dtype = sameType(name, a, b);
  if (dtype === "bool" || dtype === "float16") {
    throw new TypeError(`Cannot ${name} ${dtype} values: cast them to float32 first`);
  }
  return { shape: broadcastShape(a.shape, b.shape, { op: name, outer }), dtype };
};

const compare = (name: Compare): ShapeRule<Compare> => ([a, b], { outer }) => {
  const dtype = sameType("compare", a, b);
  if ((dtype === "bool") !== (name === "and") || dtype === "float16") {
    throw new TypeError(`Cannot apply "${name}" to ${dtype} values`);
  }
  return { shape: broadcastShape(a.shape, b.shape, { op: name, outer }), dtype: "bool" };
};

const reduce = (action: string) => ([x]: Inputs, { axes }: { axes: readonly string[] }): Typed => {
  requireType([x], "float32", action);
  requireAxes(x.shape, axes, action);
  return float(dropAxes(x.shape, axes));
};

const alongAxis = (action: string) => ([x]: Inputs, { axis }: { axis: string }): Typed => {
  requireType([x], "float32", action);
  requireAxes(x.shape, [axis], action);
  return float(x.shape);
};

/** The shape of x, after scale and bias were checked. */
function layerNormInput([x, scale, bias]: Inputs, axis: string): Shape {
  requireType([x, scale, bias], "float32", "layerNorm");
  requireAxes(x.shape, [axis], "layerNorm");
  if (axesOf(x.shape).at(-1) !== axis) {
    throw new RangeError(
      `Cannot layerNorm over "${axis}": it must be the last axis of ${describeShape(x.shape)}`,
    );
  }
  const along = keepAxes(x.shape, [axis]);
  for (const { shape } of [scale, bias]) requireSameAxes(along, shape, "layerNorm");
  return x.shape;
}

const layerNormStatistic = (inputs: Inputs, { axis }: { axis: string }): Typed =>
  float(dropAxes(layerNormInput(inputs, axis), [axis]));

function concat(inputs: Inputs, { axis }: { axis: string }): Typed {
  requireType(inputs, "float32", "concat");
  const [{ shape: first }, ...rest] = inputs;
  for (const { shape } of inputs) requireAxes(shape, [axis], "concat");
  const others = dropAxes(first, [axis]);
  for (const { shape } of rest) {
    const found = dropAxes(shape, [axis]);
    mergeShapes(others, found, "concat");
    const [missing] = axesOf({ ...others, ...found }).filter((name) =>
      !(name in others && name in found)
    );
    if (missing !== undefined) throw new RangeError(partLacks(missing));
  }
  const sizes = inputs.map(({ shape }) => shape[axis]);
  const size = sizes.includes(UNKNOWN) ? UNKNOWN : sizes.reduce((sum, one) => sum + one, 0);
  return float({ ...first, [axis]: size });
}

export const shapeRules: { readonly [P in Primitive]: ShapeRule<P> } = {
  ...tableOf(UNARY, unary),
  ...tableOf(BINARY, binary),
  ...tableOf(COMPARE, compare),
  input: (_, { shape, dtype }) => ({ shape, dtype }),
  constant(_, { values, shape, dtype }) {
    const wanted = sizeOf(shape);
    if (wanted !== values.length) {
      const made = `${describeShape(shape)} of ${values.length} values`;
      throw new RangeError(`Cannot make a constant ${made}: ${wanted} are wanted`);
    }
    return { shape, dtype };
  },
  not([x]) {
    requireType([x], "bool", "negate");
    return { shape: x.shape, dtype: "bool" };
  },
  where([condition, a, b]) {
    requireType([condition], "bool", "choose by");
    const dtype = sameType("choose between", a, b);
    if (dtype === "float16") {
      throw new TypeError("Cannot choose between float16 values: cast them to float32 first");
    }
    const operands = [a.shape, b.shape, condition.shape];
    const shape = operands.reduce((left, right) => mergeShapes(left, right, "where"));
    const hasAll = (operand: Shape) => axesOf(operand).length === axesOf(shape).length;
    if (!operands.some(hasAll)) throw new RangeError(noneHasAll("where"));
    return { shape, dtype };
  },
  cast: ([x], { to }) => ({ shape: x.shape, dtype: to }),
  stopGradient: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  expandLike([x, reference]) {
    requireType([x, reference], "float32", "expand");
    requireWithin(x.shape, reference.shape, "expand");
    return float(mergeShapes(reference.shape, x.shape, "expand"));
  },
  sum: reduce("sum"),
  largest: reduce("take the largest"),
  dot([a, b], { axes }) {
    requireType([a, b], "float32", "dot");
    return float(dotShape(a.shape, b.shape, axes));
  },
  splitAxis: ([x], { axis, into }) => ({ shape: splitShape(x.shape, axis, into), dtype: x.dtype }),
  mergeAxes: ([x], { axes, name }) => ({ shape: mergedShape(x.shape, axes, name), dtype: x.dtype }),
  transpose([x], { order }) {
    if ([...order].sort().join() !== axesOf(x.shape).sort().join()) {
      throw new RangeError(
        `Cannot order ${describeShape(x.shape)} as [${order.join(", ")}]: the axes differ`,
      );
    }
    return { shape: keepAxes(x.shape, order), dtype: x.dtype };
  },
  rename([x], { names }) {
    requireAxes(x.shape, Object.keys(names), "rename");
    const shape: Record<string, number> = {};
    for (const [axis, size] of Object.entries(x.shape)) {
      const name = names[axis] ?? axis;
      requireFree(shape, [name], "rename");
      shape[name] = size;
    }
    return { shape, dtype: x.dtype };
  },
  slice([x], { axis, start, stop }) {
    requireAxes(x.shape, [axis], "slice");
    const size = x.shape[axis];
    if (start < 0 || stop <= start || (size !== UNKNOWN && stop > size)) {
      throw new RangeError(outOfRange(axis, size, start, stop));
    }
    return { shape: { ...x.shape, [axis]: stop - start }, dtype: x.dtype };
  },
  pad([x], { axis, before, after }) {
    requireAxes(x.shape, [axis], "pad");
    if (x.dtype === "float16") {
      throw new TypeError("Cannot pad float16 values: cast them to float32 first");
    }
    const size = x.shape[axis] === UNKNOWN ? UNKNOWN : before + x.shape[axis] + after;
    return { shape: { ...x.shape, [axis]: size }, dtype: x.dtype };
  },
  gather([table, indices], { axis }) {
    requireType([indices], "int32", "gather by");
    requireAxes(table.shape, [axis], "gather");
    const rest = dropAxes(table.shape, [axis]);
    requireFree(indices.shape, axesOf(rest), "gather");
    return { shape: { ...indices.shape, ...rest }, dtype: table.dtype };
  },
  scatterAdd([indices, updates], { axis, size }) {
    requireType([indices], "int32", "scatter by");
    requireType([updates], "float32", "scatter");
    requireWithin(indices.shape, updates.shape, "scatter");
    const rest = dropAxes(updates.shape, axesOf(indices.shape));
    requireFree(rest, [axis], "scatter");
    return float({ [axis]: size, ...rest });
  },
  take([x, indices], { axis }) {
    requireType([indices], "int32", "take by");
    requireAxes(x.shape, [axis], "take");
    const rest = dropAxes(x.shape, [axis]);
    requireSameAxes(rest, indices.shape, "take");
    return { shape: mergeShapes(rest, indices.shape, "take"), dtype: x.dtype };
  },
  ...tableOf(["cumsum", "softmax", "logSoftmax"], alongAxis),
  layerNorm: (inputs, { axis }) => float(layerNormInput(inputs, axis)),
  layerNormMean: layerNormStatistic,
  layerNormInverseDeviation: layerNormStatistic,
  concat,
  attention(inputs, attributes) {
    attentionWeights(inputs, attributes);
    return float(inputs[0].shape);
  },
  attentionWeights,
  cachedAttention(inputs, attributes) {
    cache(inputs, attributes);
    return float(inputs[0].shape);
  },
  cachedKeys: cache,
  cachedValues: cache,
};
