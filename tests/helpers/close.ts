/** What the tests of lib/rl share: comparing within a tolerance, and arrays for `evaluate`. */
import assert from "node:assert/strict";

/** A number, a row, or rows of rows. */
export type Numbers = number | ArrayLike<number> | readonly Numbers[];

function flatten(numbers: Numbers): number[] {
  return typeof numbers === "number" ? [numbers] : Array.from<Numbers>(numbers).flatMap(flatten);
}

/** Each number within `tolerance` of the expected one, relative to the largest expected (or to 1 where that is less). */
export function assertClose(actual: Numbers, expected: Numbers, tolerance = 1e-12): void {
  const left = flatten(actual), right = flatten(expected);
  assert.equal(left.length, right.length, "as many numbers");
  const scale = right.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
  left.forEach((x, index) => {
    assert.ok(
      Math.abs(x - right[index]) <= tolerance * scale,
      `number ${index} is ${x}, wanted ${right[index]}`,
    );
  });
}

/** An array for `evaluate` with the sizes of `numbers`: a number, a row, a matrix. */
export function array(numbers: Numbers): { dims: number[]; data: Float64Array } {
  const dims: number[] = [];
  for (let level = numbers; typeof level !== "number"; level = level[0]) dims.push(level.length);
  return { dims, data: Float64Array.from(flatten(numbers)) };
}

/** The real tokens of each row of a padded matrix. */
export function ragged(
  matrix: readonly (readonly number[])[],
  lengths: readonly number[],
): number[][] {
  return matrix.map((row, index) => row.slice(0, lengths[index]));
}
