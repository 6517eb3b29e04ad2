/**
 * Prints a graph as text, one line for each node, with inputs by number and shapes on the right.
 */
import { describeShape } from "./shape.ts";
import { type AnyTensor, isNodeOf, topologicalOrder } from "./tensor.ts";

const isConstant = isNodeOf("constant");

/**
 * The graph that computes `outputs`, one line for each node. Single numbers are printed where they
 * are used.
 *
 * @example
 * ```ts
 * import { input, mul, printGraph, sum } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = input("x", { time: 3 });
 * assert.equal(
 *   printGraph(sum(mul(x, 2), "time")),
 *   `%1 = input "x"         float32 [time 3]
 * %2 = mul %1, 2         float32 [time 3]
 * %3 = sum %2 over time  float32 []`,
 * );
 * ```
 */
export function printGraph(...outputs: AnyTensor[]): string {
  const names = new Map<AnyTensor, string>();
  const lines: [string, string][] = [];
  for (const node of topologicalOrder(outputs)) {
    if (isConstant(node) && Object.keys(node.shape).length === 0 && !outputs.includes(node)) {
      const [value] = node.attributes.values;
      names.set(node, String(node.dtype === "bool" ? value !== 0 : value));
      continue;
    }
    const name = `%${lines.length + 1}`;
    names.set(node, name);
    const operands = node.inputs.map((input) => names.get(input)).join(", ");
    const text = [`${name} = ${node.primitive}`, operands, attributeText(node)].filter((part) =>
      part !== ""
    );
    lines.push([text.join(" "), `${node.dtype} ${describeShape(node.shape)}`]);
  }
  const width = Math.min(60, Math.max(...lines.map(([left]) => left.length)));
  return lines.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join("\n");
}

function attributeText(node: AnyTensor): string {
  const words: string[] = [];
  for (const [key, value] of Object.entries(node.attributes)) {
    if (key === "shape" || key === "dtype") continue;
    if (key === "name" && node.primitive === "input") words.push(JSON.stringify(value));
    else if (key === "axes" || key === "axis") words.push(`over ${[value].flat().join(", ")}`);
    else if (key === "values") {
      words.push(`${String(value).slice(0, 20)}${String(value).length > 20 ? "..." : ""}`);
    } else words.push(`${key} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  }
  return words.join(" ");
}
