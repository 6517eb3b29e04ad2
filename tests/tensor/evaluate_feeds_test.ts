import assert from "node:assert/strict";
import {
  add,
  constant,
  dot,
  evaluate,
  gather,
  type HostArray,
  input,
  mergeAxes,
  mul,
  pad,
  splitAxis,
  sum,
  UNKNOWN,
} from "../../lib/tensor/mod.ts";

const floats = (dims: readonly number[], values: readonly number[]): HostArray => ({
  dims,
  data: Float32Array.from(values),
});
const open = input("x", { batch: UNKNOWN, embed: 2 });
const other = input("y", { batch: UNKNOWN });
const four = floats([2, 2], [1, 2, 3, 4]);

const refuses = (feeds: Record<string, HostArray>, name: string, message: string) =>
  assert.throws(() => evaluate([add(open, other)], feeds), { name, message });

Deno.test("a size that the graph leaves open is settled by what is fed", () => {
  const [total] = evaluate([sum(open, "batch")], { x: floats([3, 2], [1, 2, 3, 4, 5, 6]) });
  assert.deepEqual(total, { dims: [2], data: new Float64Array([1 + 3 + 5, 2 + 4 + 6]) });
});

Deno.test("an input that the outputs do not need may be left out or fed", () => {
  assert.equal(evaluate([sum(open)], { x: four, unused: four })[0].data[0], 10);
});

Deno.test("every input must be fed", () => {
  refuses({ x: four }, "RangeError", 'Cannot evaluate: nothing is fed to the input "y" [batch]');
});

Deno.test("what is fed must have the input's axes, sizes and number of values", () => {
  refuses(
    { x: floats([4], [1, 2, 3, 4]) },
    "RangeError",
    'Cannot feed "x": the value has 1 axes [4], wanted [batch, embed 2]',
  );
  refuses(
    { x: floats([1, 3], [1, 2, 3]) },
    "RangeError",
    'Cannot feed "x": axis "embed" has size 3, wanted 2',
  );
  refuses(
    { x: floats([1, 2], [1, 2, 3]) },
    "RangeError",
    'Cannot feed "x": 3 values for [batch 1, embed 2]',
  );
});

Deno.test("what is fed must have the input's element type", () => {
  const data = new Int32Array([1, 2]);
  refuses(
    { x: { dims: [1, 2], data } },
    "TypeError",
    'Cannot feed "x": found Int32Array, wanted float32 values',
  );
  assert.throws(() => evaluate([input("i", { time: 2 }, "int32")], { i: floats([2], [1, 2]) }), {
    message: 'Cannot feed "i": found Float32Array, wanted int32 values',
  });
  assert.throws(() => evaluate([input("b", { time: 2 }, "bool")], { b: { dims: [2], data } }), {
    message: 'Cannot feed "b": found Int32Array, wanted bool values',
  });
});

Deno.test("one open axis has one size in all inputs", () => {
  refuses(
    { x: four, y: floats([3], [1, 2, 3]) },
    "RangeError",
    'Cannot feed "y": axis "batch" has size 3, and 2 in "x"',
  );
});

Deno.test("sizes that only show when values are known are compared then", () => {
  const longer = pad(other, "batch", { after: 1 });
  assert.throws(() => evaluate([mul(open, longer)], { x: four, y: floats([2], [1, 2]) }), {
    name: "RangeError",
    message: 'Cannot mul: axis "batch" has size 2 on the left and 3 on the right',
  });
  assert.throws(() => evaluate([dot(open, longer, "batch")], { x: four, y: floats([2], [1, 2]) }), {
    message: 'Cannot dot: axis "batch" has size 2 on the left and 3 on the right',
  });
});

Deno.test("one open part of a split is what the others leave", () => {
  const rows = mergeAxes(open, ["batch", "embed"], "row");
  assert.deepEqual(evaluate([splitAxis(rows, "row", { p: UNKNOWN, q: 4 })], { x: four })[0].dims, [
    1,
    4,
  ]);
  assert.throws(() => evaluate([splitAxis(rows, "row", { p: UNKNOWN, q: 3 })], { x: four }), {
    name: "RangeError",
    message: "Cannot split [row 4] into [p 1.3333333333333333, q 3]",
  });
});

Deno.test("two open parts of a split have the sizes of the inputs' axes of their names", () => {
  const x = input("x", { batch: UNKNOWN, time: UNKNOWN });
  const back = splitAxis(mergeAxes(x, ["batch", "time"], "row"), "row", {
    time: UNKNOWN,
    batch: UNKNOWN,
  });
  assert.deepEqual(evaluate([back], { x: floats([2, 1], [1, 2]) })[0].dims, [1, 2]);
  const unheard = splitAxis(mergeAxes(x, ["batch", "time"], "row"), "row", {
    p: UNKNOWN,
    q: UNKNOWN,
  });
  assert.throws(() => evaluate([unheard], { x: floats([2, 1], [1, 2]) }), {
    name: "RangeError",
    message: "Cannot split [row 2] into [p, q]",
  });
});

const tokens = constant([2, 0, 2], { time: 3 }, "int32");

Deno.test("float32 is evaluated in 64 bits, int32 and bool in their own arrays", () => {
  const floating = constant([0.5], { time: 1 }), condition = constant([1], { time: 1 }, "bool");
  const [float, int, bool] = evaluate([floating, tokens, condition], {});
  assert.ok(float.data instanceof Float64Array);
  assert.ok(int.data instanceof Int32Array);
  assert.ok(bool.data instanceof Uint8Array);
});

Deno.test("an index outside the table is an error", () => {
  assert.throws(() => evaluate([gather(constant([1, 2], { batch: 2 }), tokens, "batch")], {}), {
    name: "RangeError",
    message: "Cannot use index 2: wanted 0 to 1",
  });
});
