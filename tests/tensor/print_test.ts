import assert from "node:assert/strict";
import {
  add,
  cast,
  constant,
  dot,
  input,
  iota,
  less,
  mul,
  pad,
  printGraph,
  rename,
  scalar,
  slice,
  splitAxis,
  sum,
  UNKNOWN,
  where,
} from "../../lib/tensor/mod.ts";

const x = input("x", { batch: UNKNOWN, embed: 4 });

const prints = (text: string, ...lines: string[]) => assert.equal(text, lines.join("\n"));

Deno.test("a graph is printed one line a node, numbers where they are used", () => {
  prints(
    printGraph(sum(mul(x, 2), "embed")),
    '%1 = input "x"          float32 [batch, embed 4]',
    "%2 = mul %1, 2          float32 [batch, embed 4]",
    "%3 = sum %2 over embed  float32 [batch]",
  );
});

Deno.test("a node that several outputs share is printed once", () => {
  const logits = dot(x, input("w", { embed: 4, vocab: 2 }), "embed");
  prints(
    printGraph(logits, where(less(logits, 0), -1, logits)),
    '%1 = input "x"              float32 [batch, embed 4]',
    '%2 = input "w"              float32 [embed 4, vocab 2]',
    "%3 = dot %1, %2 over embed  float32 [batch, vocab 2]",
    "%4 = less %3, 0             bool [batch, vocab 2]",
    "%5 = where %4, -1, %3       float32 [batch, vocab 2]",
  );
});

Deno.test("attributes are printed by name", () => {
  prints(
    printGraph(rename(splitAxis(x, "embed", { heads: 2, headDim: 2 }), { heads: "h" })),
    '%1 = input "x"                                             float32 [batch, embed 4]',
    '%2 = splitAxis %1 over embed into {"heads":2,"headDim":2}  float32 [batch, heads 2, headDim 2]',
    '%3 = rename %2 names {"heads":"h"}                         float32 [batch, h 2, headDim 2]',
  );
  prints(
    printGraph(slice(pad(x, "embed", { before: 1 }), "embed", { start: 0, stop: 2 })),
    '%1 = input "x"                           float32 [batch, embed 4]',
    "%2 = pad %1 over embed before 1 after 0  float32 [batch, embed 5]",
    "%3 = slice %2 over embed start 0 stop 2  float32 [batch, embed 2]",
  );
});

Deno.test("long constants are cut short, and one bool is a word", () => {
  prints(
    printGraph(
      add(cast(less(iota("time", 40), 3), "float32"), cast(constant([1], {}, "bool"), "float32")),
    ),
    "%1 = constant 0,1,2,3,4,5,6,7,8,9,...  int32 [time 40]",
    "%2 = less %1, 3                        bool [time 40]",
    "%3 = cast %2 to float32                float32 [time 40]",
    "%4 = cast true to float32              float32 []",
    "%5 = add %3, %4                        float32 [time 40]",
  );
});

Deno.test("a graph that is one number is one line", () => {
  prints(printGraph(scalar(3)), "%1 = constant 3  float32 []");
});

Deno.test("a tensor shows itself in one line in a console and as its graph in a notebook", () => {
  assert.equal(Deno.inspect(x), "Tensor input float32 [batch, embed 4]");
  const notebook: unknown = Reflect.get(x, Symbol.for("Jupyter.display")).call(x);
  assert.deepEqual(notebook, { "text/plain": printGraph(x) });
});
