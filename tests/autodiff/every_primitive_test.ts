import assert from "node:assert/strict";
import { grad } from "../../lib/autodiff/mod.ts";
import {
  add,
  type AnyTensor,
  cast,
  evaluate,
  sum,
  type Tensor,
  topologicalOrder,
} from "../../lib/tensor/mod.ts";
import { weightedLoss } from "../helpers/check_grads.ts";
import type { PrimitiveCase } from "../helpers/primitive_case.ts";
import { everyCase } from "../helpers/primitive_cases.ts";

const floatsOf = (inputs: Readonly<Record<string, AnyTensor>>) =>
  Object.values(inputs).filter(({ dtype }) => dtype === "float32") as Tensor[]; // as the filter says

/** The gradient of sum(result) + sum(inputs) is 1 everywhere when nothing comes through the result. */
function checkNoGradient({ graph }: PrimitiveCase, open: readonly string[]): void {
  const { result, inputs, feeds } = graph(open);
  const floats = floatsOf(inputs);
  const loss = floats.map((x) => sum(x)).reduce((a, b) => add(a, b), sum(cast(result, "float32")));
  if (floats.length === 0) return;
  for (const { data } of evaluate(grad(loss, floats), feeds)) {
    assert.ok(data.every((slope) => slope === 1));
  }
}

function checkRefused({ graph }: PrimitiveCase, primitive: string): void {
  const { result, inputs, feeds } = graph();
  assert.throws(() => grad(weightedLoss(result, feeds).loss, floatsOf(inputs)), {
    name: "TypeError",
    message: `Cannot differentiate "${primitive}": it is for generation, which needs no gradient`,
  });
}

const sentence = {
  slope: "has the gradient that finite differences give",
  none: "lets no gradient through",
  refused: "refuses to be differentiated",
} as const;

for (const { primitive, use } of everyCase()) {
  for (const open of use.open.length > 0 ? [[], use.open] : [[]]) {
    const sizes = open.length > 0 ? `, with unknown sizes of ${open.join(", ")}` : "";
    Deno.test(`${primitive} of ${use.title} ${sentence[use.gradient]}${sizes}`, () => {
      assert.ok(
        topologicalOrder([use.graph(open).result]).some((node) => node.primitive === primitive),
      );
      if (use.gradient === "slope") use.checkGrads(open);
      else if (use.gradient === "none") checkNoGradient(use, open);
      else checkRefused(use, primitive);
    });
  }
}
