/**
 * The types of axes that the compiler must refuse or infer. A line under `@ts-expect-error` does
 * not compile, and this file does not compile when such a line does. The sentences of the compiler
 * are tested in `mistakes_test.ts`.
 */
import assert from "node:assert/strict";
import {
  add,
  cast,
  constant,
  dot,
  gather,
  input,
  less,
  mergeAxes,
  rename,
  scatterAdd,
  slice,
  softmax,
  splitAxis,
  sum,
  take,
  type Tensor,
  transpose,
  UNKNOWN,
  where,
} from "../../lib/tensor/mod.ts";

const hidden = input("x", { batch: UNKNOWN, time: 5, embed: 768 });
const weight = input("w", { embed: 768, vocab: 100 });
const narrow = input("n", { embed: 512, vocab: 100 });
const ids = input("i", { batch: UNKNOWN, time: 5 }, "int32");

/** Compiles only when two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : never;
const same = <A, B>(_: Same<A, B>): void => {};

Deno.test("two known sizes of one axis that differ do not compile, and are refused when the graph is built", () => {
  // @ts-expect-error axis "embed" has size 768 on the left and 512 on the right
  assert.throws(() => dot(hidden, narrow, "embed"), RangeError);
  // @ts-expect-error axis "embed" has size 768 on the left and 512 on the right
  assert.throws(() => add(weight, narrow), RangeError);
  // @ts-expect-error axis "embed" has size 768 on the left and 512 on the right
  assert.throws(() => less(weight, narrow), RangeError);
});

Deno.test("an axis that a tensor does not have cannot be named", () => {
  // @ts-expect-error weight has no axis "time"
  assert.throws(() => dot(hidden, weight, "time"), RangeError);
  // @ts-expect-error no axis "heads"
  assert.throws(() => sum(hidden, "heads"), RangeError);
  // @ts-expect-error no axis "heads"
  assert.throws(() => softmax(hidden, "heads"), RangeError);
  // @ts-expect-error no axis "heads"
  assert.throws(() => slice(hidden, "heads", { start: 0, stop: 1 }), RangeError);
  // @ts-expect-error no axis "heads"
  assert.throws(() => transpose(hidden, ["batch", "time", "heads"]), RangeError);
  // @ts-expect-error weight has no axis "row"
  assert.throws(() => gather(weight, ids, "row"), RangeError);
});

Deno.test("element types are part of the type", () => {
  // @ts-expect-error int32 is no float32
  assert.throws(() => add(hidden, ids), TypeError);
  // @ts-expect-error a condition must be bool
  assert.throws(() => where(hidden, 1, 0), TypeError);
  // @ts-expect-error indices must be int32
  assert.throws(() => gather(weight, hidden, "embed"), TypeError);
  // @ts-expect-error the indices of take have the axes that are left
  assert.throws(() => take(hidden, input("j", { time: 5 }, "int32"), "embed"), RangeError);
});

Deno.test("the axes and sizes of a result are known to the compiler", () => {
  same<typeof hidden, Tensor<{ readonly batch: number; readonly time: 5; readonly embed: 768 }>>(
    true,
  );
  const logits = dot(hidden, weight, "embed");
  same<keyof typeof logits.shape, "batch" | "time" | "vocab">(true);
  same<typeof logits.shape.vocab, 100>(true);
  same<typeof logits.shape.batch, number>(true);
  const total = sum(logits, "vocab", "time");
  same<keyof typeof total.shape, "batch">(true);
  const one = sum(logits);
  same<keyof typeof one.shape, never>(true);
  assert.deepEqual([logits.shape, total.shape, one.shape], [
    { batch: -1, time: 5, vocab: 100 },
    { batch: -1 },
    {},
  ]);
});

Deno.test("axes that change are followed", () => {
  const split = splitAxis(hidden, "embed", { heads: 12, headDim: 64 });
  same<keyof typeof split.shape, "batch" | "time" | "heads" | "headDim">(true);
  const keys = rename(split, { time: "keyTime" });
  same<keyof typeof keys.shape, "batch" | "keyTime" | "heads" | "headDim">(true);
  const scores = dot(split, keys, "headDim");
  same<keyof typeof scores.shape, "batch" | "heads" | "time" | "keyTime">(true);
  const merged = mergeAxes(split, ["heads", "headDim"], "embed");
  same<keyof typeof merged.shape, "batch" | "time" | "embed">(true);
  const rows = gather(rename(weight, { embed: "width" }), ids, "width");
  same<keyof typeof rows.shape, "batch" | "time" | "vocab">(true);
  const table = scatterAdd(ids, rows, { axis: "token", size: 9 });
  same<keyof typeof table.shape, "token" | "vocab">(true);
  assert.deepEqual(table.shape, { token: 9, vocab: 100 });
});

Deno.test("a size that is not known yet fits every size", () => {
  const open = input("o", { embed: UNKNOWN });
  assert.deepEqual(add(open, weight).shape, { embed: 768, vocab: 100 });
  assert.deepEqual(add(input("m", { embed: -1 }), weight).shape, { embed: 768, vocab: 100 });
  assert.deepEqual(cast(less(constant([1], {}), open), "int32").shape, { embed: UNKNOWN });
});
