/** Statistics of scores for a reward model that came without. */
import assert from "node:assert/strict";
import { scoreStatistics } from "../../lib/rl/mod.ts";
import { measureScores } from "../../lib/ppo/mod.ts";
import { assertMetrics } from "../helpers/assert_metrics.ts";
import { tinyInputs, tinyPpo, tinyPrompts } from "../helpers/tiny.ts";

Deno.test("they are mean and deviation of the raw scores that PPO would see of the same answers", async () => {
  const greedy = { do_sample: false }; // so that the answers are the same
  const found = await measureScores(tinyInputs(greedy, { scoreStatistics: undefined }));
  const pool = await (await tinyPpo(greedy)).experience(1, tinyPrompts);
  assertMetrics(found, scoreStatistics(pool.map(({ rawScore }) => rawScore)));
});

Deno.test("they depend on the seed alone, and not on how many prompts share a batch", async () => {
  const [two, five, other] = await Promise.all(
    [{ batch_size: 2 }, { batch_size: 5 }, { seed: 6 }].map((given) =>
      measureScores(tinyInputs(given))
    ),
  );
  assertMetrics(two, five);
  assert.notEqual(two.mean, other.mean);
});

Deno.test("more prompts than are measured are taken at equal distances", async () => {
  const greedy = { do_sample: false };
  const many = tinyPrompts.slice(0, 2).flatMap((prompt) => Array<typeof prompt>(200).fill(prompt)); // half each
  const both = await measureScores(
    tinyInputs(greedy, {
      prompts: tinyPrompts.slice(0, 2),
      settings: tinyInputs({ ...greedy, batch_size: 2 }).settings,
    }),
  );
  assertMetrics(await measureScores(tinyInputs(greedy, { prompts: many })), both);
});

Deno.test("what PPO refuses is refused before anything is sampled", async () => {
  await assert.rejects(measureScores(tinyInputs({}, { prompts: [] })), {
    message: "Cannot train: the data set of prompts is empty",
  });
});

Deno.test("measuring reports a line before its first answer, after each batch, and before the scores", async () => {
  const lines: string[] = [];
  const prompts = Array.from({ length: 10 }, () => [2, 5, 3]);
  const given = { batch_size: 4, generate_batch_size: 4 };
  await measureScores(tinyInputs(given, { prompts }), { onMeasuring: (line) => lines.push(line) });
  const start = "score statistics: 10 answers of the SFT model";
  assert.deepEqual(lines, [
    start,
    `${start}, 4 sampled`,
    `${start}, 8 sampled`,
    `${start}, 10 sampled`,
    `${start}, being scored`,
  ]);
});
