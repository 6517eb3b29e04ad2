/** Groups of rows: what padding and calls cost, by arithmetic and against every possible cut. */
import assert from "node:assert/strict";
import { groupCost, inRowOrder, type RowCostShape, rowGroups } from "../../lib/lm/mod.ts";
import { randomStream, shuffle } from "../../lib/random/mod.ts";

const base: RowCostShape = { layers: 12, embed: 768 };
const embedded: RowCostShape = { layers: 4, embed: 128 };

/** Lengths of passages as they are in the tutorial's data, in a random order: 100 to 700 tokens, 510 in the mean. */
function lengthsLikeTheTutorials(rows: number, seed: number): number[] {
  const at = (row: number) => Math.round(700 - 600 * ((row + 0.5) / rows) ** 2.16); // mean 700 - 600 / 3.16 = 510
  return shuffle(Array.from({ length: rows }, (_, row) => at(row)), randomStream(seed));
}

/** The cost of groups of rows, each as wide as its longest row. */
const groupsCost = (
  lengths: readonly number[],
  groups: readonly (readonly number[])[],
  shape: RowCostShape,
): number => {
  const time = (group: readonly number[]) => Math.max(...group.map((row) => lengths[row]));
  const costs = groups.map((group) => groupCost(shape, { rows: group.length, time: time(group) }));
  return costs.reduce((total, cost) => total + cost, 0);
};

/** All ways to cut a sorted list into stretches. */
const cutsOf = (sorted: readonly number[]): number[][][] =>
  sorted.length === 0 ? [[]] : sorted.flatMap((_, index) => {
    const [head, rest] = [sorted.slice(0, index + 1), sorted.slice(index + 1)];
    return cutsOf(rest).map((groups) => [head, ...groups]);
  });

Deno.test("a group costs its rows at the width of the longest and one call", () => {
  const shape = { layers: 1, embed: 2, inner: 3 }; // 4 2^2 + 2 2 3 = 28 weights
  // rows of 5 and 3 columns as 5 and 5: 2 (5 28 + 5 2 1 2 5^2) = 1280; a call: 5e8 + 50 28
  assert.equal(groupsCost([5, 3], [[0, 1]], shape), 1280 + 5e8 + 1400);
  // 5 28 + 500 = 640 and 3 28 + 5 2 1 2 3^2 = 264, and two calls
  assert.equal(groupsCost([5, 3], [[0], [1]], shape), 904 + 2 * (5e8 + 1400));
});

Deno.test("no cut of the sorted rows costs less", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const lengths = lengthsLikeTheTutorials(9, seed);
    const order = lengths.map((_, row) => row).toSorted((a, b) => lengths[a] - lengths[b]);
    const least = Math.min(...cutsOf(order).map((groups) => groupsCost(lengths, groups, base)));
    const found = groupsCost(lengths, rowGroups(lengths, { shape: base }), base);
    assert.ok(
      Math.abs(found / least - 1) < 1e-12,
      `seed ${seed}: ${found}, and ${least} is possible`,
    );
  }
});

Deno.test("at full size most of the padding goes; a small model keeps one call and its order", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const lengths = lengthsLikeTheTutorials(16, seed);
    const groups = rowGroups(lengths, { shape: base });
    const computed = groups.reduce(
      (sum, rows) => sum + rows.length * Math.max(...rows.map((r) => lengths[r])),
      0,
    );
    const real = lengths.reduce((sum, length) => sum + length, 0);
    assert.ok(computed / real < 1.08, `seed ${seed}: ${computed} columns for ${real} tokens`);
    assert.ok(
      16 * Math.max(...lengths) / real > 1.25,
      "as one batch a quarter and more is padding",
    );
    const short = lengths.map((length) => Math.round(length * 86 / 700));
    assert.deepEqual(rowGroups(short, { shape: embedded }), [[...lengths.keys()]]);
  }
});

Deno.test("the limit of rows holds, and the widest group is the first", () => {
  const lengths = lengthsLikeTheTutorials(40, 3);
  for (const maxRows of [1, 3, 16]) {
    const groups = rowGroups(lengths, { shape: base, maxRows });
    for (const rows of groups) assert.ok(rows.length <= maxRows);
    assert.deepEqual(groups.flat().toSorted((a, b) => a - b), [...lengths.keys()]);
    const widths = groups.map((rows) => Math.max(...rows.map((row) => lengths[row])));
    assert.deepEqual(widths, widths.toSorted((a, b) => b - a)); // the widest first
  }
});

Deno.test("what was found goes back to its row; a limit that is no number of rows is refused", () => {
  assert.deepEqual(inRowOrder([[2, 0], [1]], [["c", "a"], ["b"]]), ["a", "b", "c"]);
  assert.deepEqual(rowGroups([], { shape: base }), []);
  assert.throws(() => rowGroups([3, 4], { shape: base, maxRows: 0 }), {
    name: "RangeError",
    message: "Cannot group 2 rows: maxRows is 0; give a whole number above 0",
  });
  assert.throws(() => rowGroups([3], { shape: base, maxRows: 1.5 }), /maxRows is 1.5/);
});
