import assert from "node:assert/strict";
import {
  add,
  cast,
  constant,
  dot,
  gather,
  input,
  less,
  mul,
  pad,
  printGraph,
  rename,
  slice,
  splitAxis,
  sum,
  UNKNOWN,
  where,
} from "../../lib/tensor/mod.ts";

const lines = (...text: string[]) => text.join("\n");

Deno.test("a graph is printed one line a node, small constants where they are used", () => {
  const x = input("x", { time: 3 });
  assert.equal(
    printGraph(sum(mul(x, 2), "time")),
    lines(
      '%1 = input "x"        float32 [time 3]',
      "%2 = mul %1, 2        float32 [time 3]",
      "%3 = sum %2 over time  float32 []".replace("time  float32", "time  float32"),
    ).replaceAll(/ {2,}float32/g, (gap) => gap),
  );
});
