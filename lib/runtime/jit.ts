/**
 * `jit`: a function on tensors becomes a function on arrays.
 *
 * The function is called once, with symbolic tensors, to build the graph; the graph is compiled once; unknown axes stay
 * symbolic, so that the same program serves every batch and length.
 */
import { lower } from "../onnx/mod.ts";
import { axesOf, type DType, input, type Shape, type Tensor, UNKNOWN } from "../tensor/mod.ts";
import { type ArrayLike_, type DeviceArray, typeOf } from "./array.ts";
import type { Device } from "./device.ts";
import { isArray, isDeviceArray, isSpec, isTensor } from "./leaves.ts";
import { flatten, mapTree } from "./tree.ts";

/** What an input will be: its axes (-1: any size) and element type. */
export interface Spec<S extends Shape = Shape, D extends DType = DType> {
  /** Axis name -> size, in memory order. */
  readonly shape: S;
  /** Element type. */
  readonly dtype: D;
}

/** A float32 input. */
export const float = <const S extends Shape>(shape: S): Spec<S, "float32"> => ({
  shape,
  dtype: "float32",
});
/** A float16 input. */
export const half = <const S extends Shape>(shape: S): Spec<S, "float16"> => ({
  shape,
  dtype: "float16",
});
/** An int32 input. */
export const int = <const S extends Shape>(shape: S): Spec<S, "int32"> => ({
  shape,
  dtype: "int32",
});
/** A bool input. */
export const bool = <const S extends Shape>(shape: S): Spec<S, "bool"> => ({
  shape,
  dtype: "bool",
});

/** A tree of specs as the tensors that a traced function receives; a size of -1 is a `number`. */
export type Tensors<T> = T extends Spec<infer S, infer D>
  ? Tensor<{ [K in keyof S]: S[K] extends -1 ? number : S[K] }, D>
  : { readonly [K in keyof T]: Tensors<T[K]> };

/** A tree of tensors as the specs of inputs that hold them. */
export type Specs<T> = T extends Tensor<infer S, infer D> ? Spec<S, D>
  : { readonly [K in keyof T]: Specs<T[K]> };

/** A tree of specs as the arrays that a program takes. */
export type Feeds<T> = T extends Spec<Shape, infer D> ? ArrayLike_<D>
  : { readonly [K in keyof T]: Feeds<T[K]> };

/** A tree of specs as arrays that stay on their device: parameters, moments, gradients. */
export type DeviceArrays<T> = T extends Spec<Shape, infer D> ? DeviceArray<D>
  : { readonly [K in keyof T]: DeviceArrays<T[K]> };

/** A tree of tensors as the arrays that a program gives. */
export type Results<T> = T extends Tensor<Shape, infer D> ? DeviceArray<D>
  : { readonly [K in keyof T]: Results<T[K]> };

/** Results written into arrays of the caller: a part of the tree. */
export type Into<T> = T extends Tensor<Shape, infer D> ? DeviceArray<D>
  : { readonly [K in keyof T]?: Into<T[K]> };

/** A compiled function. */
export interface Program<I, O> {
  (feeds: Feeds<I>, into?: Into<O>): Promise<Results<O>>;
  /** Frees the compiled graph. */
  release(): Promise<void>;
}

/**
 * Compiles `fn` for a device.
 *
 * @param spec tree of what comes in; its dotted names become the program's input names
 * @param fn gets tensors in the same tree and gives a tree of tensors
 * @param toHost dotted names (or their beginnings) of results wanted in host memory; default: none
 * @throws RangeError or TypeError from shape rules; when run, RangeError for an input of the wrong dimensions or type
 * @example
 * ```ts
 * import { float, floats, jit, openDevice } from "ppo/runtime/mod.ts";
 * import { mul } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const device = await openDevice("cpu");
 * const twice = await jit(device, { x: float({ time: -1 }) }, ({ x }) => ({ y: mul(x, 2) }));
 * const { y } = await twice({ x: floats([1, 2, 3]) });
 * assert.deepEqual([...await device.read(y)], [2, 4, 6]);
 * ```
 */
export async function jit<const I, O>(
  device: Device,
  spec: I,
  fn: (inputs: Tensors<I>) => O,
  { toHost = [] }: { toHost?: readonly string[] } = {},
): Promise<Program<I, O>> {
  const traced = mapTree(spec, isSpec, ({ shape, dtype }, path) => input(path, shape, dtype));
  const results = fn(traced as Tensors<I>); // the same tree, leaf by leaf
  const outputs = flatten(results, isTensor);
  const host = (name: string) =>
    toHost.some((prefix) => name === prefix || name.startsWith(`${prefix}.`));
  const graph = lower(Object.fromEntries(outputs), await device.lowering(outputs.values()));
  const executable = await device.compile(graph, [...outputs.keys()], host);
  const used = new Map(
    graph.inputs.map(({ attributes: { name, shape, dtype } }) => [name, { shape, dtype }]),
  );
  const run = async (feeds: unknown, into: unknown = {}): Promise<unknown> => {
    const given = flatten(feeds, isArray);
    checkFeeds(given, used);
    const arrays = await executable.run(given, flatten(into, isDeviceArray));
    return mapTree(results, isTensor, (_, path) => arrays.get(path));
  };
  return Object.assign(run, { release: () => executable.release() }) as Program<I, O>; // the trees above have these leaves
}

/** Dimensions and element types of the inputs that the graph uses, in words when they are wrong. */
function checkFeeds(given: ReadonlyMap<string, ArrayLike_>, used: ReadonlyMap<string, Spec>): void {
  const sizes = new Map<string, { size: number; from: string }>();
  for (const [name, { shape, dtype }] of used) {
    const array = given.get(name);
    if (array === undefined) {
      throw new RangeError(`Cannot run the program: the input "${name}" was not given`);
    }
    const found = "dtype" in array ? array.dtype : typeOf(array.data);
    if (found !== dtype) {
      throw new TypeError(
        `Cannot run the program: input "${name}" holds ${found}, ${dtype} is wanted`,
      );
    }
    const axes = axesOf(shape);
    if (axes.length !== array.dims.length) {
      throw new RangeError(
        `Cannot run the program: input "${name}" has dimensions [${array.dims}], wanted axes [${
          axes.join(", ")
        }]`,
      );
    }
    axes.forEach((axis, index) =>
      checkSize(name, axis, { found: array.dims[index], wanted: shape[axis] }, sizes)
    );
  }
}

function checkSize(
  name: string,
  axis: string,
  { found, wanted }: { found: number; wanted: number },
  sizes: Map<string, { size: number; from: string }>,
): void {
  if (wanted !== UNKNOWN && found !== wanted) {
    throw new RangeError(
      `Cannot run the program: axis "${axis}" of input "${name}" has size ${found}, ${wanted} is wanted`,
    );
  }
  const before = sizes.get(axis);
  if (wanted !== UNKNOWN) return;
  if (before !== undefined && before.size !== found) {
    throw new RangeError(
      `Cannot run the program: axis "${axis}" has size ${before.size} in input "${before.from}" and ${found} in input "${name}"`,
    );
  }
  sizes.set(axis, { size: found, from: name });
}
