/** Scores of questions about passages: PyTorch's numbers, their normalisation, and what is cut. */
import assert from "node:assert/strict";
import type { ModelFolder } from "../../lib/lm/mod.ts";
import { createQuestionScorer, storedStatistics } from "../../lib/stages/mod.ts";
import { assertNear, fixtureModel, fixtureTensors } from "../helpers/fixtures.ts";
import { device } from "../helpers/tiny.ts";

const folder = await fixtureModel("reward_tiny");
const lengths = { maxLen: 40, queryLen: 9 };
const scorerOf = (settings: NonNullable<ModelFolder["settings"]>) =>
  createQuestionScorer(device, { ...folder, settings }, { lengths });

/**
 * Questions of the PPO fixture as texts, with PyTorch's scores. The fixture's position ids count
 * the padding before a prompt, as in the tutorial, so only rows without it are comparable.
 */
async function scoredByTorch() {
  const torch = await fixtureTensors("ppo_update");
  const { padId, sepId, tokenOf } = folder.tokenizer;
  const textOf = (ids: readonly number[]) => ids.map(tokenOf).join(" ");
  return [0, 1].flatMap((batch) => {
    const [promptLength] = torch.numbers(`batch${batch}.prompt_length`);
    const scores = torch.numbers(`batch${batch}.scores`);
    return torch.rows(`batch${batch}.seq_outputs`).flatMap((row, index) => {
      const prompt = row.slice(0, promptLength);
      const answer = row.slice(promptLength).filter((id) => id !== padId);
      if (prompt[0] === padId || answer.at(-1) !== sepId) return [];
      const [content, query] = [textOf(prompt.slice(1, -1)), textOf(answer.slice(0, -1))];
      return [{ content, query, wanted: scores[index] }];
    });
  });
}

Deno.test("the score of a passage and a question, given as texts, is PyTorch's", async () => {
  const examples = await scoredByTorch();
  assert.ok(examples.length >= 2, `${examples.length} questions`);
  const scores = (await (await scorerOf({}))(examples)).map(({ score }) => score);
  assertNear(scores, examples.map(({ wanted }) => wanted), { name: "scores" });
});

Deno.test("a score is normalised by the statistics of the model's folder, if it has usable ones", async () => {
  const examples = [{ content: "一丁丂七", query: "丄丅" }, { content: "丈", query: "" }];
  const normalised = await (await scorerOf({ score_mean: 0.5, score_deviation: 2 }))(examples);
  for (const { score, normalised: found } of normalised) assert.equal(found, (score - 0.5) / 2);
  const without = [{}, { score_mean: 1 }, { score_mean: 1, score_deviation: 0 }];
  for (const settings of without) {
    const found = await (await scorerOf(settings))(examples);
    assert.deepEqual(found.map(({ normalised }) => normalised), [undefined, undefined]);
    assert.deepEqual(found.map(({ score }) => score), normalised.map(({ score }) => score));
  }
  assert.deepEqual(
    storedStatistics({ settings: { score_mean: "1", score_deviation: 2 } }),
    undefined,
  );
});

Deno.test("a long passage is cut to what max_len leaves, and the number of tokens read is known", async () => {
  const room = 40 - 9 - 3;
  const [long, cut] = await (await scorerOf({}))([
    { content: "丄".repeat(50), query: "丈" },
    { content: "丄".repeat(room), query: "丈" },
  ]);
  assert.deepEqual([long.tokens, long.read, cut.read], [50, room, room]);
  assert.equal(long.score, cut.score);
});
