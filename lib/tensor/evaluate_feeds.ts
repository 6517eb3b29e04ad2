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

/** A size found for an unknown axis, and the input in which it was found first. */
interface Found {
  readonly size: number;
  readonly input: string;
}

/**
 * The values of the inputs among `nodes`, and the size of each axis that was unknown in one of
 * them.
 *
 * @throws RangeError or TypeError when an array is missing or does not fit.
 */
export function bindFeeds(
  nodes: readonly AnyTensor[],
  feeds: Readonly<Record<string, HostArray>>,
): { values: Map<AnyTensor, Value>; sizes: ReadonlyMap<string, Found> } {
  const sizes = new Map<string, Found>();
  const values = new Map<AnyTensor, Value>();
  for (const node of nodes.filter(isNodeOf("input"))) {
    const { name, shape, dtype } = node.attributes;
    if (!Object.hasOwn(feeds, name)) {
      throw new RangeError(
        `Cannot evaluate: nothing is fed to the input "${name}" ${describeShape(shape)}`,
      );
    }
    const { dims, data } = feeds[name];
    const bound = boundShape(name, shape, dims);
    for (const axis of axesOf(shape).filter((axis) => shape[axis] === UNKNOWN)) {
      const size = bound[axis], before = sizes.get(axis) ?? { size, input: name };
      if (before.size !== size) {
        throw new RangeError(
          `Cannot feed "${name}": axis "${axis}" has size ${size}, ` +
            `and ${before.size} in "${before.input}"`,
        );
      }
      sizes.set(axis, before);
    }
    if (data.length !== sizeOf(bound)) {
      throw new RangeError(
        `Cannot feed "${name}": ${data.length} values for ${describeShape(bound)}`,
      );
    }
    values.set(node, { shape: bound, dtype, data: numbersOf(name, dtype, data) });
  }
  return { values, sizes };
}

/** The axes of an input with the sizes that were fed. */
function boundShape(name: string, shape: Shape, dims: readonly number[]): Shape {
  if (dims.length !== axesOf(shape).length) {
    const found = `${dims.length} axes [${dims.join(", ")}]`;
    throw new RangeError(
      `Cannot feed "${name}": the value has ${found}, wanted ${describeShape(shape)}`,
    );
  }
  for (const [index, [axis, wanted]] of Object.entries(shape).entries()) {
    if (wanted !== UNKNOWN && dims[index] !== wanted) {
      throw new RangeError(
        `Cannot feed "${name}": axis "${axis}" has size ${dims[index]}, wanted ${wanted}`,
      );
    }
  }
  return Object.fromEntries(axesOf(shape).map((axis, index) => [axis, dims[index]]));
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
