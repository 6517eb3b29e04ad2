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

/**
 * Creates a stream of 64-bit outputs from a state and the number of the stream, each of 128 bits.
 */
export function pcg64(
  { start, stream }: { readonly start: bigint; readonly stream: bigint },
): () => bigint {
  const increment = stream << 1n | 1n;
  const next = (state: bigint) => BigInt.asUintN(128, state * MULTIPLIER + increment);
  let state = next(next(0n) + start);
  return () => permute(state = next(state));
}
