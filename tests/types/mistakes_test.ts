/**
 * Mistakes in the axes and sizes of a graph: the compiler refuses each of them, with the sentence
 * that the graph builder throws.
 *
 * All statements are compiled together, one to a line, because starting the compiler takes seconds.
 * Beside them is a program without mistakes: 200 blocks of a GPT with known sizes, through which
 * the compiler follows every axis.
 */
import assert from "node:assert/strict";

/** A wrong statement, what is wrong with it, and the text that the compiler must show. */
interface Mistake {
  readonly title: string;
  readonly statement: string;
  /**
   * Whether the graph builder throws the same sentence. A missing axis and a wrong element type are
   * checked by their types alone.
   */
  readonly shows: "the graph builder's sentence" | string;
}

const SENTENCE = "the graph builder's sentence";
const NAMES_OF_X = '"batch" | "time" | "embed"'; // what an editor offers in place of a missing axis

const mistakes: readonly Mistake[] = [
  { title: "dot over two sizes", statement: 'dot(x, y, "embed")', shows: SENTENCE },
  { title: "a sum over a missing axis", statement: 'sum(x, "heads")', shows: NAMES_OF_X },
  { title: "a choice between two sizes", statement: "where(condition, x, y)", shows: SENTENCE },
  { title: "time against answer", statement: "sub(values, answers)", shows: SENTENCE },
  {
    title: "a comparison of time with answer",
    statement: "less(values, answers)",
    shows: SENTENCE,
  },
  {
    title: "a split with another product",
    statement: 'splitAxis(x, "embed", { heads: 12, headDim: 65 })',
    shows: SENTENCE,
  },
  {
    title: "a split into an axis that exists",
    statement: 'splitAxis(x, "embed", { time: 12, headDim: 64 })',
    shows: SENTENCE,
  },
  {
    title: "a merge into an axis that exists",
    statement: 'mergeAxes(x, ["batch", "time"], "embed")',
    shows: SENTENCE,
  },
  {
    title: "a name that another axis has",
    statement: 'rename(x, { time: "embed" })',
    shows: SENTENCE,
  },
  {
    title: "attention between two widths",
    statement: "attention({ query: y, key: x, value: x, visible: condition }, { heads: 7 })",
    shows: SENTENCE,
  },
  {
    title: "attention that does not know which keys are visible",
    statement: "attention({ query: x, key: keys, value: keys, visible: mask }, { heads: 12 })",
    shows: SENTENCE,
  },
  {
    title: "a sum of two element types",
    statement: 'add(x, input("i", { time: 5 }, "int32"))',
    shows: "Type '\"int32\"' is not assignable to type '\"float32\"'",
  },
  {
    title: "parts with other axes",
    statement: 'concat([x, y] as const, "embed")',
    shows: SENTENCE,
  },
  {
    title: "parts with other sizes",
    statement: 'concat([y, input("z", { embed: 512, out: 4 })], "embed")',
    shows: SENTENCE,
  },
  {
    title: "indices that lack an axis",
    statement: 'take(x, input("j", { time: 5 }, "int32"), "embed")',
    shows: SENTENCE,
  },
  {
    title: "advantages over another axis than the log-probabilities",
    statement:
      "policyLoss({ logProbs: answers, oldLogProbs: answers, advantages: values, mask: answers })",
    shows: SENTENCE,
  },
  {
    title: "a slice beyond the end",
    statement: 'slice(x, "time", { start: 0, stop: 50 })',
    shows: SENTENCE,
  },
  {
    title: "a slice of nothing",
    statement: 'slice(x, "time", { start: 3, stop: 3 })',
    shows: SENTENCE,
  },
  { title: "an expansion to another size", statement: "expandLike(y, x)", shows: SENTENCE },
  {
    title: "an expansion to fewer axes",
    statement: "expandLike(x, values)",
    shows: SENTENCE,
  },
  {
    title: "a layer norm with weights of another size",
    statement:
      'layerNorm(x, { scale: input("s", { embed: 512 }), bias: input("b", { embed: 512 }) }, { axis: "embed", epsilon: 1e-5 })',
    shows: SENTENCE,
  },
  {
    title: "a layer norm with weights of another axis",
    statement:
      'layerNorm(x, { scale: input("s", { time: 5 }), bias: input("b", { time: 5 }) }, { axis: "embed", epsilon: 1e-5 })',
    shows: SENTENCE,
  },
  {
    title: "a mask over another axis",
    statement: "maskedMean(answers, values)",
    shows: SENTENCE,
  },
  {
    title: "a table that has an axis of the indices",
    statement: 'gather(x, input("k", { time: 5 }, "int32"), "embed")',
    shows: SENTENCE,
  },
  {
    title: "updates that lack an axis of the indices",
    statement: 'scatterAdd(input("k", { answer: 5 }, "int32"), values, { axis: "vocab", size: 9 })',
    shows: SENTENCE,
  },
  {
    title: "a layer with the bias of another layer",
    statement:
      'linear(x, { weight: input("w", { embed: 768, inner: 3072 }), bias: input("b", { embed: 768 }) }, "embed")',
    shows: SENTENCE,
  },
  {
    title: "the second layer of GPT-2's network in place of the first",
    statement: 'linear(x, mlp.c_proj, "embed")',
    shows: SENTENCE,
  },
  {
    title: "GPT-2's token embedding by position",
    statement: 'embedding(wte, ids, "position")',
    shows: '"embed" | "vocab"',
  },
  {
    title: "slots of queries in place of those of keys",
    statement: "attend(x, attn, { slots: keySlots, keySlots: slots }, { heads: 12 })",
    shows: "Property 'time' is missing",
  },
];

const program = (library: string) =>
  `import { add, attention, concat, dot, expandLike, gather, input, layerNorm, less, maskedMean, mergeAxes, rename, scatterAdd, slice, splitAxis, sub, sum, take, UNKNOWN, where } from "${library}tensor/mod.ts";
import { attention as attend, type AttentionParameters, embedding, linear } from "${library}nn/mod.ts";
import { policyLoss } from "${library}rl/mod.ts";
import type { BlockParameters, Gpt2Parameters } from "${library}lm/mod.ts";
const x = input("x", { batch: UNKNOWN, time: 5, embed: 768 });
const y = input("y", { embed: 512, out: 3 });
const keys = input("keys", { batch: UNKNOWN, keyTime: 6, embed: 768 });
const answers = input("a", { batch: UNKNOWN, answer: 5 });
const values = input("v", { batch: UNKNOWN, time: 5 });
const condition = input("c", { embed: 512 }, "bool");
const mask = input("m", { batch: UNKNOWN, time: 5 }, "bool");
const wte: Gpt2Parameters["wte"] = { weight: input("wte", { vocab: 100, embed: 768 }) };
const mlp: BlockParameters["mlp"] = {
  c_fc: { weight: input("w", { embed: 768, inner: 3072 }), bias: input("b", { inner: 3072 }) },
  c_proj: { weight: input("w", { inner: 3072, embed: 768 }), bias: input("b", { embed: 768 }) },
};
declare const attn: AttentionParameters;
const ids = input("ids", { batch: UNKNOWN, time: 5 }, "int32"), slots = ids;
const keySlots = input("keySlots", { batch: UNKNOWN, keyTime: 5 }, "int32");
export const statements = [
${mistakes.map(({ statement }) => `  () => ${statement},`).join("\n")}
];
`;
const FIRST_LINE = 2 + program("").split("\n").findIndex((line) => line.endsWith("statements = ["));

const BLOCKS = 200;

/** A block's statements, from the hidden states x0 to x1 (of the first block). */
const block = (index: number) =>
  `const together${index} = linear(layerNorm(x${index}, norm, over), c_attn, "embed");
const q${index} = splitAxis(slice(together${index}, "qkv", { start: 0, stop: 768 }), "qkv", { heads: 12, headDim: 64 });
const k${index} = splitAxis(slice(together${index}, "qkv", { start: 768, stop: 1536 }), "qkv", { heads: 12, headDim: 64 });
const v${index} = splitAxis(slice(together${index}, "qkv", { start: 1536, stop: 2304 }), "qkv", { heads: 12, headDim: 64 });
const scores${index} = dot(q${index}, rename(k${index}, { time: "keyTime" }), "headDim");
const mixed${index} = dot(softmax(scores${index}, "keyTime"), rename(v${index}, { time: "keyTime" }), "keyTime");
const y${index} = add(x${index}, linear(mergeAxes(mixed${index}, ["heads", "headDim"], "attended"), c_proj, "attended"));
const x${
    index + 1
  } = add(y${index}, linear(gelu(linear(y${index}, c_fc, "embed")), c_out, "inner"));
`;

const rightProgram = (library: string) =>
  `import { add, dot, gelu, input, mergeAxes, rename, slice, softmax, splitAxis, UNKNOWN } from "${library}tensor/mod.ts";
import { layerNorm, linear } from "${library}nn/mod.ts";
const over = { axis: "embed", epsilon: 1e-5 } as const;
const norm = { weight: input("w", { embed: 768 }), bias: input("b", { embed: 768 }) };
const c_attn = { weight: input("w", { embed: 768, qkv: 2304 }), bias: input("b", { qkv: 2304 }) };
const c_proj = { weight: input("w", { attended: 768, embed: 768 }), bias: input("b", { embed: 768 }) };
const c_fc = { weight: input("w", { embed: 768, inner: 3072 }), bias: input("b", { inner: 3072 }) };
const c_out = { weight: input("w", { inner: 3072, embed: 768 }), bias: input("b", { embed: 768 }) };
const x0 = input("x", { batch: UNKNOWN, time: 5, embed: 768 });
${Array.from({ length: BLOCKS }, (_, index) => block(index)).join("")}
const embed: 768 = x${BLOCKS}.shape.embed, time: 5 = x${BLOCKS}.shape.time;
export { embed, time };
`;

/** The compiler's messages by line, without the backslashes before quotation marks. */
async function diagnostics(files: readonly string[]): Promise<Map<number, string>> {
  const check = new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...files],
    env: { NO_COLOR: "1" },
  });
  const text = new TextDecoder().decode((await check.output()).stderr).replaceAll('\\"', '"');
  const messages = new Map<number, string>();
  for (const message of text.split(/^TS\d+ \[ERROR\]: /m).slice(1)) {
    assert.doesNotMatch(message, /right\.ts/);
    const line = Number(/wrong\.ts:(\d+):\d+/.exec(message)?.[1]);
    if (line > 0) messages.set(line, (messages.get(line) ?? "") + message); // others are notes on a function of lib
  }
  return messages;
}

/** The message of what a function throws. */
function thrown(statement: () => unknown): string {
  try {
    statement();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "nothing";
}

const folder = await Deno.makeTempDir();
const wrong = `${folder}/wrong.ts`, right = `${folder}/right.ts`;
const library = new URL("../../lib/", import.meta.url).href;
await Deno.writeTextFile(wrong, program(library));
await Deno.writeTextFile(right, rightProgram(library));
const shown = await diagnostics([wrong, right]);
const { statements }: { statements: readonly (() => unknown)[] } = await import(`file://${wrong}`);
await Deno.remove(folder, { recursive: true });

mistakes.forEach(({ title, shows }, index) => {
  Deno.test(`${title} does not compile`, () => {
    const message = shown.get(FIRST_LINE + index) ?? "";
    const wanted = shows === SENTENCE ? thrown(statements[index]) : shows;
    assert.ok(message.includes(wanted), `${wanted}\nis not in\n${message}`);
  });
});

Deno.test("nothing but the mistakes is refused", () => {
  assert.deepEqual([...shown.keys()], mistakes.map((_, index) => FIRST_LINE + index));
});
