/**
 * Checks the arrays that are fed to a graph against the axes of its inputs, and finds the sizes
 * that were unknown.
 */
import { type Numbers, type Value } from "./evaluate_values.ts";
import { axesOf, describeShape, type DType, type Shape, sizeOf, UNKNOWN } from "./shape.ts";
import { type AnyTensor, isNodeOf } from "./tensor.ts";

/**
 * Numbers outside a graph. float16 is stored as a Float16Array, int32 as an Int32Array, and bool as
 * a Uint8Array.
 */
export interface HostArray {
  /** The sizes of the axes in memory order, empty for one number. */
  readonly dims: readonly number[];
  /** The numbers. The last axis varies fastest. */
  readonly data: Float64Array | Float32Array | Float16Array | Int32Array | Uint8Array;
}

/** The sizes found for unknown axes, each with the input in which it was found first. */
type Sizes = Map<string, { readonly size: number; readonly input: string }>;

/**
 * The values of the inputs among `nodes`, and the size of each axis that was unknown in one of
 * them.
 *
 * @throws RangeError or TypeError when an array is missing or does not fit.
 */
export function bindFeeds(
  nodes: readonly AnyTensor[],
  feeds: Readonly<Record<string, HostArray>>,
): {
  values: Map<AnyTensor, Value>;
  sizes: ReadonlyMap<string, { readonly size: number }>;
} {
  const sizes: Sizes = new Map();
  const values = new Map<AnyTensor, Value>();
  for (const node of nodes.filter(isNodeOf("input"))) {
    const { name, shape, dtype } = node.attributes;
    if (!Object.hasOwn(feeds, name)) {
      throw new RangeError(
        `Cannot evaluate: nothing is fed to the input "${name}" ${describeShape(shape)}`,
      );
    }
    const { dims, data } = feeds[name];
    const bound = boundShape(name, { shape, dims, sizes });
    if (data.length !== sizeOf(bound)) {
      throw new RangeError(
        `Cannot feed "${name}": ${data.length} values for ${describeShape(bound)}`,
      );
    }
    values.set(node, { shape: bound, dtype, data: numbersOf(name, dtype, data) });
  }
  return { values, sizes };
}

/** The axes of the input, with the sizes that were fed. */
function boundShape(
  name: string,
  { shape, dims, sizes }: { shape: Shape; dims: readonly number[]; sizes: Sizes },
): Shape {
  if (dims.length !== axesOf(shape).length) {
    throw new RangeError(
      `Cannot feed "${name}": the value has ${dims.length} axes [${dims.join(", ")}], wanted ${
        describeShape(shape)
      }`,
    );
  }
  const entries = Object.entries(shape).map(([axis, wanted], index): [string, number] => {
    const size = dims[index];
    if (wanted !== UNKNOWN && size !== wanted) {
      throw new RangeError(
        `Cannot feed "${name}": axis "${axis}" has size ${size}, wanted ${wanted}`,
      );
    }
    if (wanted === UNKNOWN) settle(axis, { size, input: name, sizes });
    return [axis, size];
  });
  return Object.fromEntries(entries);
}

function settle(
  axis: string,
  { size, input, sizes }: { size: number; input: string; sizes: Sizes },
): void {
  const before = sizes.get(axis) ?? { size, input };
  if (before.size !== size) {
    throw new RangeError(
      `Cannot feed "${input}": axis "${axis}" has size ${size}, ` +
        `and ${before.size} in "${before.input}"`,
    );
  }
  sizes.set(axis, before);
}

function numbersOf(name: string, dtype: DType, data: HostArray["data"]): Numbers {
  if (dtype === "float32") {
    if (data instanceof Float64Array) return data;
    if (data instanceof Float32Array) return Float64Array.from(data);
  }
  if (dtype === "float16" && data instanceof Float16Array) return Float64Array.from(data);
  if (dtype === "int32" && data instanceof Int32Array) return data;
  if (dtype === "bool" && data instanceof Uint8Array) return data;
  throw new TypeError(
    `Cannot feed "${name}": found ${data.constructor.name}, wanted ${dtype} values`,
  );
}
