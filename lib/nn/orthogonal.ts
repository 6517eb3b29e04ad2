/**
 * Orthogonal initial weights.
 *
 *     W^T W = gain^2 I (at least as many rows as columns), otherwise W W^T = gain^2 I
 *
 * Saxe et al. 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks". Normal vectors are orthonormalised by Gram and Schmidt's method, twice, which removes
 * the rounding errors of the first pass. Huang et al. 2022, "The 37 implementation details of
 * proximal policy optimization", detail 2, gives the gains that PPO uses.
 */

/** x minus its part along every unit vector. */
function without(x: readonly number[], units: readonly (readonly number[])[]): number[] {
  return units.reduce<number[]>((rest, unit) => {
    const along = rest.reduce((sum, value, at) => sum + value * unit[at], 0);
    return rest.map((value, at) => value - along * unit[at]);
  }, [...x]);
}

/** As many orthonormal vectors of one length. */
function orthonormal(count: number, length: number, normal: () => number): number[][] {
  const units: number[][] = [];
  for (let index = 0; index < count; index++) {
    const drawn = Array.from({ length }, normal);
    const rest = without(without(drawn, units), units);
    const norm = Math.hypot(...rest);
    units.push(rest.map((value) => value / norm));
  }
  return units;
}

/**
 * Draws an orthogonal matrix of a linear layer, [inputs, outputs], row by row.
 *
 * `normal` returns numbers of the normal distribution with mean 0 and standard deviation 1.
 *
 * @throws RangeError unless both sizes are positive whole numbers.
 * @example
 * ```ts
 * import { orthogonal } from "ppo/nn/mod.ts";
 * import { normal, randomStream } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const random = randomStream(0);
 * const [a, b, c, d] = orthogonal(2, 2, { gain: 3, normal: () => normal(random) });
 * assert.ok(Math.abs(a * a + c * c - 3 ** 2) < 1e-5); // the first column has length 3
 * assert.ok(Math.abs(a * b + c * d) < 1e-5); // and is orthogonal to the second one
 * ```
 */
export function orthogonal(
  inputs: number,
  outputs: number,
  { gain, normal }: { readonly gain: number; readonly normal: () => number },
): Float32Array {
  for (const [name, size] of Object.entries({ inputs, outputs })) {
    if (Number.isInteger(size) && size > 0) continue;
    const found = `${name} is ${size}, but it must be a positive whole number`;
    throw new RangeError(`Cannot draw an orthogonal matrix: ${found}`);
  }
  const isTall = inputs >= outputs;
  const units = isTall
    ? orthonormal(outputs, inputs, normal)
    : orthonormal(inputs, outputs, normal);
  return Float32Array.from({ length: inputs * outputs }, (_, at) => {
    const row = Math.floor(at / outputs), column = at % outputs;
    return gain * (isTall ? units[column][row] : units[row][column]);
  });
}
