/** Shape rules: for each primitive, the axes and element type of its result, or a sentence saying why there is none. */
import { attentionWeights, cache, cacheShape } from "./attention_shapes.ts";
import { dotShape, mergedShape, requireFree, splitShape } from "./shape_changes.ts";
import type { Attributes, Binary, Compare, Primitive, Unary } from "./primitives.ts";
import { BINARY, COMPARE, UNARY } from "./primitives.ts";
import {
  axesOf,
  commonSize,
  describeShape,
  dropAxes,
  mergeShapes,
  requireAxes,
  sameShape,
  sizeOf,
  UNKNOWN,
} from "./shape.ts";
import { type Inputs, requireType, sameType, type Typed } from "./typed.ts";

type ShapeRule<P extends Primitive> = (inputs: Inputs, attributes: Attributes[P]) => Typed;

const unary = (name: Unary): ShapeRule<Unary> => ([x]) => {
  requireType([x], "float32", name);
  return { shape: x.shape, dtype: "float32" };
};

const binary = (name: Binary): ShapeRule<Binary> => ([a, b]) => {
  const dtype = sameType(name, a, b);
  if (dtype === "bool" || dtype === "float16") {
    throw new TypeError(`Cannot ${name} ${dtype} values: cast them to float32 first`);
  }
  return { shape: mergeShapes(a.shape, b.shape, name), dtype };
};

const compare = (name: Compare): ShapeRule<Compare> => ([a, b]) => {
  const dtype = sameType("compare", a, b);
  if ((dtype === "bool") !== (name === "and") || dtype === "float16") {
    throw new TypeError(`Cannot apply "${name}" to ${dtype} values`);
  }
  return { shape: mergeShapes(a.shape, b.shape, name), dtype: "bool" };
};

const reduce = (action: string) => ([x]: Inputs, { axes }: { axes: readonly string[] }): Typed => {
  requireType([x], "float32", action);
  requireAxes(x.shape, axes, action);
  return { shape: dropAxes(x.shape, axes), dtype: "float32" };
};

const alongAxis = (action: string) => ([x]: Inputs, { axis }: { axis: string }): Typed => {
  requireType([x], "float32", action);
  requireAxes(x.shape, [axis], action);
  return { shape: x.shape, dtype: x.dtype };
};

function layerNormInput([x, scale, bias]: Inputs, axis: string): void {
  requireType([x, scale, bias], "float32", "layerNorm");
  requireAxes(x.shape, [axis], "layerNorm");
  if (axesOf(x.shape).at(-1) !== axis) {
    throw new RangeError(
      `Cannot layerNorm over "${axis}": it must be the last axis of ${describeShape(x.shape)}`,
    );
  }
  for (const parameter of [scale, bias]) {
    if (axesOf(parameter.shape).join() !== axis) {
      throw new RangeError(
        `Cannot layerNorm: scale and bias must have just the axis "${axis}", found ${
          describeShape(parameter.shape)
        }`,
      );
    }
    commonSize(axis, x.shape[axis], parameter.shape[axis], "layerNorm");
  }
}

const layerNormStatistic = (inputs: Inputs, { axis }: { axis: string }): Typed => {
  layerNormInput(inputs, axis);
  return { shape: dropAxes(inputs[0].shape, [axis]), dtype: "float32" };
};

function concat(inputs: Inputs, { axis }: { axis: string }): Typed {
  requireType(inputs, "float32", "concat");
  const [{ shape: first }, ...rest] = inputs;
  for (const { shape } of inputs) requireAxes(shape, [axis], "concat");
  const other = rest.find(({ shape }) =>
    !sameShape({ ...shape, [axis]: UNKNOWN }, { ...first, [axis]: UNKNOWN })
  );
  if (other !== undefined) {
    throw new RangeError(
      `Cannot concat ${describeShape(first)} and ${
        describeShape(other.shape)
      } over "${axis}": their other axes differ`,
    );
  }
  const sizes = inputs.map(({ shape }) => shape[axis]);
  const size = sizes.includes(UNKNOWN) ? UNKNOWN : sizes.reduce((sum, one) => sum + one, 0);
  return { shape: { ...first, [axis]: size }, dtype: "float32" };
}

const fill = <K extends string, V>(keys: readonly K[], rule: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, rule(key)])) as Record<K, V>; // fromEntries forgets the keys

export const shapeRules: { readonly [P in Primitive]: ShapeRule<P> } = {
  ...fill(UNARY, unary),
  ...fill(BINARY, binary),
  ...fill(COMPARE, compare),
  input: (_, { shape, dtype }) => ({ shape, dtype }),
  constant(_, { values, shape, dtype }) {
    const wanted = sizeOf(shape);
    if (wanted !== values.length) {
      throw new RangeError(
        `Cannot make a constant ${
          describeShape(shape)
        } of ${values.length} values: ${wanted} are wanted`,
      );
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
    return {
      shape: mergeShapes(mergeShapes(a.shape, b.shape, "where"), condition.shape, "where"),
      dtype,
    };
  },
  cast: ([x], { to }) => ({ shape: x.shape, dtype: to }),
  stopGradient: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  expandLike([x, reference]) {
    requireType([x, reference], "float32", "expand");
    const merged = mergeShapes(reference.shape, x.shape, "expand");
    if (axesOf(merged).length !== axesOf(reference.shape).length) {
      throw new RangeError(
        `Cannot expand ${describeShape(x.shape)} to ${
          describeShape(reference.shape)
        }: it has axes of its own`,
      );
    }
    return { shape: merged, dtype: "float32" };
  },
  sum: reduce("sum"),
  largest: reduce("take the largest"),
  dot([a, b], { axes }) {
    requireType([a, b], "float32", "dot");
    for (const axis of axes) {
      for (const side of [a, b]) requireAxes(side.shape, [axis], "dot");
      if (
        a.shape[axis] !== UNKNOWN && b.shape[axis] !== UNKNOWN && a.shape[axis] !== b.shape[axis]
      ) {
        throw new RangeError(
          `Cannot dot over "${axis}": it has size ${a.shape[axis]} on the left and ${
            b.shape[axis]
          } on the right`,
        );
      }
    }
    return { shape: dotShape(a.shape, b.shape, axes), dtype: "float32" };
  },
  splitAxis: ([x], { axis, into }) => ({ shape: splitShape(x.shape, axis, into), dtype: x.dtype }),
  mergeAxes: ([x], { axes, name }) => ({ shape: mergedShape(x.shape, axes, name), dtype: x.dtype }),
  transpose([x], { order }) {
    if ([...order].sort().join() !== axesOf(x.shape).sort().join()) {
      throw new RangeError(
        `Cannot order ${describeShape(x.shape)} as [${order.join(", ")}]: the axes differ`,
      );
    }
    return {
      shape: Object.fromEntries(order.map((axis) => [axis, x.shape[axis]])),
      dtype: x.dtype,
    };
  },
  rename([x], { names }) {
    requireAxes(x.shape, Object.keys(names), "rename");
    const entries = Object.entries(x.shape).map((
      [name, size],
    ): [string, number] => [names[name] ?? name, size]);
    if (new Set(entries.map(([name]) => name)).size !== entries.length) {
      throw new RangeError(
        `Cannot rename ${describeShape(x.shape)} by ${
          JSON.stringify(names)
        }: two axes would share a name`,
      );
    }
    return { shape: Object.fromEntries(entries), dtype: x.dtype };
  },
  slice([x], { axis, start, stop }) {
    requireAxes(x.shape, [axis], "slice");
    const size = x.shape[axis];
    if (start < 0 || stop <= start || (size !== UNKNOWN && stop > size)) {
      throw new RangeError(`Cannot slice "${axis}" of size ${size} from ${start} to ${stop}`);
    }
    return { shape: { ...x.shape, [axis]: stop - start }, dtype: x.dtype };
  },
  pad([x], { axis, before, after }) {
    requireAxes(x.shape, [axis], "pad");
    if (x.dtype === "float16") {
      throw new TypeError("Cannot pad float16 values: cast them to float32 first");
    }
    const size = x.shape[axis];
    return {
      shape: { ...x.shape, [axis]: size === UNKNOWN ? UNKNOWN : before + size + after },
      dtype: x.dtype,
    };
  },
  gather([table, indices], { axis }) {
    requireType([indices], "int32", "gather by");
    requireAxes(table.shape, [axis], "gather");
    if (axesOf(table.shape)[0] !== axis) {
      throw new RangeError(
        `Cannot gather over "${axis}": it must be the first axis of ${describeShape(table.shape)}`,
      );
    }
    const rest = dropAxes(table.shape, [axis]);
    for (const name of axesOf(rest)) {
      if (name in indices.shape) {
        throw new RangeError(`Cannot gather: both sides have an axis "${name}"`);
      }
    }
    return { shape: { ...indices.shape, ...rest }, dtype: table.dtype };
  },
  scatterAdd([indices, updates], { axis, size }) {
    requireType([indices], "int32", "scatter by");
    requireType([updates], "float32", "scatter");
    requireAxes(updates.shape, axesOf(indices.shape), "scatter");
    const rest = dropAxes(updates.shape, axesOf(indices.shape));
    requireFree(rest, [axis], "scatter");
    return { shape: { [axis]: size, ...rest }, dtype: "float32" };
  },
  take([x, indices], { axis }) {
    requireType([indices], "int32", "take by");
    requireAxes(x.shape, [axis], "take");
    const rest = dropAxes(x.shape, [axis]);
    if (axesOf(x.shape).at(-1) !== axis || axesOf(rest).join() !== axesOf(indices.shape).join()) {
      throw new RangeError(
        `Cannot take over "${axis}": the values are ${describeShape(x.shape)} and the indices ${
          describeShape(indices.shape)
        }; ` +
          `wanted the same axes with "${axis}" last on the left`,
      );
    }
    return { shape: mergeShapes(rest, indices.shape, "take"), dtype: x.dtype };
  },
  cumsum: alongAxis("cumsum"),
  softmax: alongAxis("softmax"),
  logSoftmax: alongAxis("logSoftmax"),
  layerNorm(inputs, { axis }) {
    layerNormInput(inputs, axis);
    return { shape: inputs[0].shape, dtype: "float32" };
  },
  layerNormMean: layerNormStatistic,
  layerNormInverseDeviation: layerNormStatistic,
  concat,
  attention(inputs, attributes) {
    attentionWeights(inputs, attributes);
    return { shape: inputs[0].shape, dtype: "float32" };
  },
  attentionWeights,
  cachedAttention(inputs, attributes) {
    cacheShape(inputs, attributes);
    return { shape: inputs[0].shape, dtype: "float32" };
  },
  cachedKeys: cache,
  cachedValues: cache,
};
