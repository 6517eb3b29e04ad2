import { equal } from "node:assert/strict";
import { warmupLinear } from "../../lib/optim/mod.ts";

Deno.test("the learning rate rises over the warm-up and falls to 0 at the end", () => {
  const at = (step: number) => warmupLinear(step, { total: 10, warmup: 4 });
  equal(at(0), 0);
  equal(at(1), 1 / 4);
  equal(at(4), 1); // (10 - 4) / (10 - 4)
  equal(at(7), 3 / 6);
  equal(at(10), 0);
  equal(at(12), 0);
});

Deno.test("without a warm-up the first step has the whole rate, and all-warm-up does not divide by 0", () => {
  equal(warmupLinear(0, { total: 5, warmup: 0 }), 1);
  equal(warmupLinear(3, { total: 4, warmup: 4 }), 3 / 4);
  equal(warmupLinear(4, { total: 4, warmup: 4 }), 0);
});
