/**
 * Gradients that are added up over the parts of a batch, in arrays that are made once and written again at every step.
 *
 * Each part's loss and gradient are divided by the whole batch's count, so that their sums are the batch's own.
 */
import { type Device, flatten, isFloatArray, isSpec, jit } from "../runtime/mod.ts";
import { add, type AnyTensor, type Tensor } from "../tensor/mod.ts";
import { type ArrayPool, createArrayPool } from "./array_pool.ts";

/** What a backward pass gives. */
export interface Backward<P> {
  /** Of the part, divided by the whole batch's count. */
  readonly loss: number;
  /** Of that loss, in the arrays that were given. */
  readonly gradients: P;
}

/** How a part's gradient gets into its arrays. */
export interface GradientMode {
  /** Whether it is added to what they hold (only asked of programs that `adds` says can), or written over it. */
  readonly adding: boolean;
}

/** The gradient arrays of one model. */
export interface GradientArrays<P> {
  /**
   * Loss and gradient of a batch given in parts; `run` brings its gradient into the arrays it is given.
   *
   * @throws RangeError when there are no parts.
   */
  sum<T>(
    parts: readonly T[],
    run: (part: T, into: P, mode: GradientMode) => Promise<Backward<P>>,
  ): Promise<Backward<P>>;
  /** Hands arrays back to be written again. */
  recycle(gradients: P): void;
}

/** How gradients are kept. */
export interface GradientArraysOptions {
  /** Where arrays wait; default: a pool of its own. */
  readonly pool?: ArrayPool;
  /** Whether the programs themselves add to what the arrays hold: then one set of arrays does (default false). */
  readonly adds?: boolean;
}

/** Prepares the sums of one model's gradients. */
export async function createGradientArrays<P>(
  device: Device,
  spec: unknown,
  { pool = createArrayPool(device), adds = false }: GradientArraysOptions = {},
): Promise<GradientArrays<P>> {
  const plus = adds ? undefined : await addition<P>(device, { spec, pool });
  return {
    async sum(parts, run) {
      if (parts.length === 0) throw new RangeError("Cannot train on a batch: it is empty");
      const [first, ...rest] = parts;
      let total = await run(first, await pool.takeTree<P>(spec), { adding: false });
      for (const part of rest) {
        const into = plus === undefined ? total.gradients : await pool.takeTree<P>(spec);
        const { loss, gradients } = await run(part, into, { adding: plus === undefined });
        const sum = plus === undefined ? gradients : await plus(total.gradients, gradients);
        total = { loss: total.loss + loss, gradients: sum };
      }
      return total;
    },
    recycle: (gradients) => pool.giveTree(gradients),
  };
}

/** Compiles `total + part` for a model's parameters, into arrays of the pool; the summands go back to it. */
async function addition<P>(device: Device, { spec, pool }: { spec: unknown; pool: ArrayPool }) {
  const flat = Object.fromEntries(flatten(spec, isSpec));
  const program = await jit(device, { total: flat, part: flat }, ({ total, part }) => {
    const sums = Object.keys(flat).map((name): [string, AnyTensor] => [
      name,
      add(total[name] as Tensor, part[name] as Tensor), // parameters are float32
    ]);
    return Object.fromEntries(sums);
  });
  const records = (tree: P) => Object.fromEntries(flatten(tree, isFloatArray));
  return async (total: P, part: P): Promise<P> => {
    const into = await pool.takeTree<P>(spec);
    await program({ total: records(total), part: records(part) }, records(into));
    pool.giveTree(total);
    pool.giveTree(part);
    return into;
  };
}
