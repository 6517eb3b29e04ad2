/**
 * Attention with a cache, worked by hand: one head of one number, so that a score is query x key (divided by sqrt(1)).
 *
 * First prompt: row 0 has the tokens A and B, row 1 only A (its second place is padding). Keys are 0, so that every weight is
 * the same and attention is a mean. Next: one token a row, whose key is ln 3 times the query's inverse.
 */
import { type AnyTensor, apply, constant, type Primitive } from "../../lib/tensor/mod.ts";
import type { Example } from "./example.ts";

type Cached = "cachedAttention" | "cachedKeys" | "cachedValues";

const batch = 2, heads = 1, headDim = 1, embed = 1, slot = 3;
const sequence = (values: readonly number[]) =>
  constant(values, { batch, time: values.length / 2, embed });
const cache = (values: readonly number[]) => constant(values, { batch, heads, slot, headDim });
const whole = (values: readonly number[]) => constant(values, { batch }, "int32");

const prompt = [
  sequence([1, 1, 1, 1]),
  sequence([0, 0, 0, 9]), // keys; 9 is padding
  sequence([4, 6, 8, 9]), // values
  cache([0, 0, 0, 0, 0, 0]),
  cache([0, 0, 0, 0, 0, 0]),
  whole([1, 0]), // tokens - 1
  constant([2], {}, "int32"),
];
const next = [
  sequence([1, 1]),
  sequence([Math.log(2), Math.log(3)]),
  sequence([5, 12]),
  cache([0, 0, 7, 0, 7, 7]),
  cache([4, 6, 7, 8, 7, 7]), // 7: left over, not to be seen
  whole([2, 1]),
  constant([3], {}, "int32"),
];
const use = (primitive: Cached, inputs: readonly AnyTensor[]) =>
  apply(primitive, inputs, { heads });

export const cachedExamples: { readonly [P in Cached & Primitive]: readonly Example[] } = {
  cachedAttention: [
    ["a prompt: 4, then (4 + 6) / 2; 8, then padding", use("cachedAttention", prompt), [2, 2, 1], [
      4,
      5,
      8,
      0,
    ]],
    [
      "a next token: weights 1 : 1 : 2 of 4, 6, 5 and 1 : 3 of 8, 12",
      use("cachedAttention", next),
      [2, 1, 1],
      [(4 + 6 + 2 * 5) / 4, (8 + 3 * 12) / 4],
    ],
  ],
  cachedKeys: [
    ["a prompt from slot 0 on, padding not written", use("cachedKeys", prompt), [2, 1, 3, 1], [
      0,
      0,
      0,
      0,
      0,
      0,
    ]],
    [
      "a next token after each row's own",
      use("cachedKeys", next),
      [2, 1, 3, 1],
      [0, 0, Math.log(2), 0, Math.log(3), 7],
    ],
  ],
  cachedValues: [
    ["a prompt from slot 0 on, padding not written", use("cachedValues", prompt), [2, 1, 3, 1], [
      4,
      6,
      0,
      8,
      0,
      0,
    ]],
    ["a next token after each row's own", use("cachedValues", next), [2, 1, 3, 1], [
      4,
      6,
      5,
      8,
      12,
      7,
    ]],
  ],
};
