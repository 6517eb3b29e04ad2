/**
 * The destination of a program's gradients. They either overwrite arrays, or are added to them
 * through spare arrays.
 */
import type { Adder } from "./in_place.ts";
import type { ArrayPool } from "./array_pool.ts";
import { type DeviceArray, flatten, isFloatArray, mapTree } from "../runtime/mod.ts";

/** Runs a program and stores its gradients in the arrays of a tree. */
export type Bring = <R>(into: unknown, run: (target: unknown) => Promise<R>) => Promise<R>;

/** Both ways of storing gradients. */
export interface GradientTargets {
  /** Overwrites the arrays. */
  readonly write: Bring;
  /** Adds to the arrays. */
  readonly add: Bring;
  /** Adds one array to another. The first one receives the sum. */
  readonly plus: Adder["add"];
}

const refused = () =>
  Promise.reject(new RangeError("Cannot add gradients in place: only the CPU allows it"));

/** The targets of a device that cannot add in place. The trainer sums the gradients there. */
export const writingTargets: GradientTargets = {
  write: (into, run) => run(into),
  add: refused,
  plus: refused,
};

/**
 * The targets of a device that can add in place. Spare arrays are needed only for one program, not
 * for the whole model. They come from the pool and go back to it.
 */
export function addingTargets(adder: Adder, pool: ArrayPool): GradientTargets {
  return {
    write: writingTargets.write,
    async add(into, run) {
      const sums: { total: DeviceArray<"float32">; part: DeviceArray<"float32"> }[] = [];
      const parts = new Map<string, DeviceArray<"float32">>();
      for (const [name, total] of flatten(into, isFloatArray)) {
        const part = await pool.take(total.dims);
        parts.set(name, part);
        sums.push({ total, part });
      }
      const results = await run(mapTree(into, isFloatArray, (_, name) => parts.get(name)));
      for (const { total, part } of sums) {
        await adder.add(total, part);
        pool.give(part);
      }
      return results;
    },
    plus: adder.add,
  };
}
