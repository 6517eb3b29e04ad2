/**
 * PCG64, the source of NumPy's random numbers: a linear congruential generator of 128 bits whose
 * output is a permutation of its state.
 *
 *     state  = state M + increment  (mod 2^128)
 *     output = (upper half ^ lower half of the state), rotated right by its six upper bits
 *
 * O'Neill 2014, "PCG: A family of simple fast space-efficient statistically good algorithms for
 * random number generation", section 6.3 (PCG XSL RR 128/64).
 */
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

/** The output of a state. */
function permute(state: bigint): bigint {
  const folded = BigInt.asUintN(64, state >> 64n ^ state);
  const turn = state >> 122n; // the six upper bits
  return BigInt.asUintN(64, folded >> turn | folded << (64n - turn));
}

/** What a stream consists of, each of 128 bits. */
export interface Pcg64State {
  /** The current state. */
  readonly state: bigint;
  /** The increment, an odd number that distinguishes the streams. */
  readonly increment: bigint;
}

/** A stream of 64-bit outputs. */
export interface Pcg64 {
  /** Draws the next output. */
  next(): bigint;
  /** Returns the state, from which `pcg64` continues. */
  state(): Pcg64State;
}

const following = ({ state, increment }: Pcg64State): bigint =>
  BigInt.asUintN(128, state * MULTIPLIER + increment);

/** The state of a stream before its first output, from two seeds of 128 bits. */
export function firstState(
  { start, stream }: { readonly start: bigint; readonly stream: bigint },
): Pcg64State {
  const increment = stream << 1n | 1n;
  const state = following({ state: 0n, increment }) + start;
  return { state: following({ state, increment }), increment };
}

/** Continues the stream that has a state. */
export function pcg64({ state: initial, increment }: Pcg64State): Pcg64 {
  let state = initial;
  return {
    next: () => permute(state = following({ state, increment })),
    state: () => ({ state, increment }),
  };
}
