/**
 * Gradients that are added up over the parts of a batch, in arrays that are made once and written again at every step.
 *
 * Each part's loss and gradient are divided by the whole batch's count, so that their sums are the batch's own.
 */
import {
  type Device,
  type DeviceArray,
  flatten,
  isFloatArray,
  isSpec,
  jit,
  mapTree,
  zeros,
} from "../runtime/mod.ts";
import { add, type AnyTensor, type Tensor } from "../tensor/mod.ts";

/** What a backward pass gives. */
export interface Backward<P> {
  /** Of the part, divided by the whole batch's count. */
  readonly loss: number;
  /** Of that loss, in the arrays that were given. */
  readonly gradients: P;
}

/** The gradient arrays of one model. */
export interface GradientArrays<P> {
  /**
   * Loss and gradient of a batch given in parts; `run` writes its gradient into the arrays it is given.
   *
   * @throws RangeError when there are no parts.
   */
  sum<T>(parts: readonly T[], run: (part: T, into: P) => Promise<Backward<P>>): Promise<Backward<P>>;
  /** Hands arrays back to be written again. */
  recycle(gradients: P): void;
}

/** Compiles `total + part` for a model's parameters and keeps the arrays that wait to be written. */
export async function createGradientArrays<P>(device: Device, spec: unknown): Promise<GradientArrays<P>> {
  const flat = Object.fromEntries(flatten(spec, isSpec));
  const addition = await jit(device, { total: flat, part: flat }, ({ total, part }) => {
    const sums = Object.keys(flat).map((name): [string, AnyTensor] => [
      name,
      add(total[name] as Tensor, part[name] as Tensor), // parameters are float32
    ]);
    return Object.fromEntries(sums);
  });
  const waiting: P[] = [];
  const records = (tree: P) => Object.fromEntries(flatten(tree, isFloatArray));
  const made = async (): Promise<P> => {
    const arrays = new Map<string, DeviceArray>();
    for (const [name, { shape }] of flatten(spec, isSpec)) {
      arrays.set(name, await device.upload(zeros(Object.values(shape))));
    }
    return mapTree(spec, isSpec, (_, name) => arrays.get(name)) as P; // the tree of `spec`, leaf by leaf
  };
  const take = async (): Promise<P> => waiting.pop() ?? await made();
  const plus = async (total: P, part: P): Promise<P> => {
    const into = await take();
    await addition({ total: records(total), part: records(part) }, records(into));
    return into;
  };
  return {
    async sum(parts, run) {
      if (parts.length === 0) throw new RangeError("Cannot train on a batch: it is empty");
      const [first, ...rest] = parts;
      let total = await run(first, await take());
      for (const part of rest) {
        const { loss, gradients } = await run(part, await take());
        const sum = await plus(total.gradients, gradients);
        waiting.push(total.gradients, gradients);
        total = { loss: total.loss + loss, gradients: sum };
      }
      return total;
    },
    recycle: (gradients) => void waiting.push(gradients),
  };
}
