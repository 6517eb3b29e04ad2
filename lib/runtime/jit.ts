/**
 * `jit` turns a function on tensors into a function on arrays.
 *
 * The function is called once, with symbolic tensors, to build the graph, and the graph is
 * compiled once. Unknown axes stay symbolic, so that the same program serves every batch and
 * length.
 */
import { lower } from "../onnx/mod.ts";
import { axesOf, input, type Shape, type Tensor, UNKNOWN } from "../tensor/mod.ts";
import { type ArrayLike_, type DeviceArray, typeOf } from "./array.ts";
import { type Device, missingInput } from "./device.ts";
import { isArray, isDeviceArray, isSpec, isTensor, type Spec } from "./leaves.ts";
import { flatten, mapTree } from "./tree.ts";

/** A tree of specs as the tensors that a traced function receives; a size of -1 is a `number`. */
export type Tensors<T> = T extends Spec<infer S, infer D>
  ? Tensor<{ [K in keyof S]: S[K] extends -1 ? number : S[K] }, D>
  : { readonly [K in keyof T]: Tensors<T[K]> };

/** A tree of tensors as the specs of inputs with the same shapes. */
export type Specs<T> = T extends Tensor<infer S, infer D> ? Spec<S, D>
  : { readonly [K in keyof T]: Specs<T[K]> };

/** A tree of specs as the arrays that a program accepts. */
export type Feeds<T> = T extends Spec<Shape, infer D> ? ArrayLike_<D>
  : { readonly [K in keyof T]: Feeds<T[K]> };

/** A tree of specs as arrays that stay on their device: parameters, moments, gradients. */
export type DeviceArrays<T> = T extends Spec<Shape, infer D> ? DeviceArray<D>
  : { readonly [K in keyof T]: DeviceArrays<T[K]> };

/** A tree of tensors as the arrays that a program returns. */
export type Results<T> = T extends Tensor<Shape, infer D> ? DeviceArray<D>
  : { readonly [K in keyof T]: Results<T[K]> };

/** Arrays of the caller into which results are written: a part of the tree. */
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
 * @param spec tree of input specs; its dotted names become the program's input names
 * @param fn receives tensors in the same tree and returns a tree of tensors
 * @param toHost dotted names (or their first parts) of results that are needed in host memory;
 *   default: none
 * @throws {RangeError | TypeError} if `fn` breaks a shape rule; when the program runs, if an input
 *   has the wrong dimensions or type
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
  // the trees above have the leaves of `Program`
  return Object.assign(run, { release: () => executable.release() }) as Program<I, O>;
}

const cannotRun = (found: string) => new RangeError(`Cannot run the program: ${found}`);

/**
 * Checks the dimensions and element types of the inputs that the graph uses. The size of an axis
 * that the spec leaves open must be the same in all inputs.
 */
function checkFeeds(given: ReadonlyMap<string, ArrayLike_>, used: ReadonlyMap<string, Spec>): void {
  const open = new Map<string, { size: number; from: string }>();
  for (const [name, { shape, dtype }] of used) {
    const array = given.get(name) ?? missingInput(name);
    const found = "dtype" in array ? array.dtype : typeOf(array.data);
    if (found !== dtype) {
      const state = `input "${name}" holds ${found}, and ${dtype} is needed`;
      throw new TypeError(`Cannot run the program: ${state}`);
    }
    const axes = axesOf(shape), { dims } = array;
    if (axes.length !== dims.length) {
      const needed = `and the axes [${axes.join(", ")}] are needed`;
      throw cannotRun(`input "${name}" has dimensions [${dims}], ${needed}`);
    }
    for (const [index, axis] of axes.entries()) {
      const size = dims[index], needed = shape[axis];
      if (needed !== UNKNOWN && size !== needed) {
        const found = `axis "${axis}" of input "${name}" has size ${size}`;
        throw cannotRun(`${found}, and ${needed} is needed`);
      }
      const before = open.get(axis);
      if (needed === UNKNOWN && before !== undefined && before.size !== size) {
        const first = `axis "${axis}" has size ${before.size} in input "${before.from}"`;
        throw cannotRun(`${first} and ${size} in input "${name}"`);
      }
      if (needed === UNKNOWN) open.set(axis, { size, from: name });
    }
  }
}
