/** How many trials of a sweep fit on a machine at once. */

/** What a machine has and what a trial needs. */
export interface Room {
  /** Cores of the CPU. */
  readonly cores: number;
  /** Threads of each trial. */
  readonly threads: number;
  /** Memory that is free now, in MiB. */
  readonly available: number;
  /** Peak memory of a trial in MiB; undefined as long as nobody knows. */
  readonly need: number | undefined;
  /** Trials that run now; what they have taken is no longer in `available`. */
  readonly running: number;
}

/** Share of the free memory that a sweep takes: the rest is for what else runs, and for a trial that grows. */
const SHARE = 0.8;

/**
 * How many trials may run at once: as many as the cores have threads for and the memory holds, at least one. As long as nobody
 * knows how much memory a trial needs, one.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { roomFor } from "./sweep_room.ts";
 *
 * // Four threads each on 16 cores: four. One runs, and 0.8 * 3000 MiB hold two more of 1000 MiB: three. The smaller counts.
 * equal(roomFor({ cores: 16, threads: 4, available: 3000, need: 1000, running: 1 }), 3);
 * ```
 */
export function roomFor({ cores, threads, available, need, running }: Room): number {
  if (need === undefined) return 1;
  const byMemory = running + Math.floor(SHARE * available / need);
  return Math.max(1, Math.min(Math.floor(cores / threads), byMemory));
}
