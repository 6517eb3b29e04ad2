/** Where the gradients of one program go: written into arrays, or added to what these hold by way of spare ones. */
import type { Adder } from "./in_place.ts";
import type { ArrayPool } from "./array_pool.ts";
import { type DeviceArray, flatten, isFloatArray, mapTree } from "../runtime/mod.ts";

/** Runs a program whose gradients are meant for the arrays of a tree. */
export type Bring = <R>(into: unknown, run: (target: unknown) => Promise<R>) => Promise<R>;

/** Both ways. */
export interface GradientTargets {
  /** Over what the arrays hold. */
  readonly write: Bring;
  /** To what they hold. */
  readonly add: Bring;
  /** One array to another; the first holds the sum. */
  readonly plus: Adder["add"];
}

const refused = () =>
  Promise.reject(new RangeError("Cannot add gradients in place: only the CPU allows it"));

/** Where nothing can be added in place; the trainer adds them up. */
export const writingTargets: GradientTargets = {
  write: (into, run) => run(into),
  add: refused,
  plus: refused,
};

/** Spare arrays are those of one program, not of the whole model: they come from the pool and go back to it. */
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
