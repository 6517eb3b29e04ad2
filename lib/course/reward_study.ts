/**
 * The measurements of chapter 02 on the reward model, with ranked lists that it has not seen:
 * order, calibration, the effect of a rewriting on a score, and its loss computed without
 * overflow.
 *
 *     P(a before b) = sigmoid(score_a - score_b)            Bradley & Terry 1952
 */
import { grad } from "../autodiff/mod.ts";
import { RANKS } from "../corpus/mod.ts";
import { chunksOf, type PromptAndAnswer } from "../lm/mod.ts";
import { answerRow, promptRow, type RankedText, readRankedLists } from "../passages/mod.ts";
import { type Table, table } from "../plots/mod.ts";
import { pairwiseLogSigmoid, reliability, type ReliabilityBin } from "../rl/mod.ts";
import { float, floats, jit, openDevice } from "../runtime/mod.ts";
import { pairAccuracy, type ScoredAnswer } from "../stages/mod.ts";
import { sum } from "../tensor/mod.ts";
import { say } from "../text/mod.ts";
import { type Embedded, pathOf, type RunInputs } from "./embedded.ts";
import { lengthsOf } from "./opening.ts";
import type { CourseRun } from "./run.ts";

/** Answers scored at once. */
const BATCH = 64;

/** Raw scores of answers by a run's reward model. */
export async function rawScores(
  { ppo }: Pick<CourseRun, "ppo">,
  answers: readonly PromptAndAnswer[],
): Promise<number[]> {
  const scores: number[] = [];
  for (const part of chunksOf(answers, BATCH)) scores.push(...await ppo.models.reward.scores(part));
  return scores;
}

/** Raw scores of texts by a run's reward model: of each answer to its passage. */
export function scoreTexts(
  run: Pick<CourseRun, "ppo" | "settings">,
  texts: readonly RankedText[],
  { tokenizer }: Pick<RunInputs, "tokenizer">,
): Promise<number[]> {
  const lengths = lengthsOf(run.settings);
  const rowsOf = ({ prompt, answer }: RankedText) => ({
    prompt: promptRow(tokenizer, prompt, lengths),
    answer: answerRow(tokenizer, answer, lengths),
  });
  return rawScores(run, texts.map(rowsOf));
}

/** One answer of a ranked list with its score. */
export interface RankedScore extends ScoredAnswer {
  /** The passage. */
  readonly prompt: string;
  /** "1 human" ... "7 random". */
  readonly rank: string;
  /** Its tokens without [SEP]. */
  readonly length: number;
}

/** The names of the ranks with their numbers, best first: "1 human" ... "7 random". */
export const rankNames = (): string[] =>
  RANKS.map((name, index) => `${index + 1} ${say({ en: name, zh: RANKS_IN_CHINESE[name] })}`);

const RANKS_IN_CHINESE: Readonly<Record<typeof RANKS[number], string>> = {
  human: "人写的",
  model: "模型写的",
  "other passage": "别的短文",
  sentence: "原文句子",
  "cut off": "不完整",
  empty: "空",
  random: "随机",
};

/** The lists of `data/reward_test.json` with scores, as many as there are held-out passages. */
export async function scoreHeldOutLists(
  run: Pick<CourseRun, "ppo" | "settings">,
  { heldOut, tokenizer }: Pick<Embedded, "heldOut" | "tokenizer">,
): Promise<RankedScore[][]> {
  const lists = await readRankedLists(pathOf("data/reward_test.json"));
  const texts = lists.slice(0, heldOut.length).flat();
  const scores = await scoreTexts(run, texts, { tokenizer });
  const names = rankNames();
  const scored = texts.map(({ prompt, answer }, index) => ({
    prompt,
    answer,
    score: scores[index],
    rank: names[index % RANKS.length],
    length: tokenizer.encode(answer).length,
  }));
  return chunksOf(scored, RANKS.length);
}

/**
 * How often each rank scored above each worse one, in percent: better ranks down, worse ones
 * across.
 */
export function orderTable(lists: readonly (readonly RankedScore[])[]): Table {
  const names = rankNames(), worseNames = names.slice(1);
  const head = say({ en: "% above", zh: "高于的百分比" });
  const share = (better: number, worse: number) =>
    worse <= better
      ? ""
      : (100 * pairAccuracy(lists.map((list) => [list[better], list[worse]])).overall).toFixed(1);
  const rows = names.slice(0, -1).map((name, better) => {
    const row: Record<string, string> = { [head]: name };
    worseNames.forEach((other, index) => row[other] = share(better, index + 1));
    return row;
  });
  return table(rows, [head, ...worseNames]);
}

/** P(better before worse), from the difference of their scores. */
export const winProbability = (lead: number): number => 1 / (1 + Math.exp(-lead));

/**
 * Calibration of the reward model. In each pair the model predicts that the answer with the higher
 * score is the better one, with the sigmoid of the difference as probability; the ranks decide
 * whether this is so.
 *
 * @param options.ranks pairs of the first so many ranks only
 */
export function pairCalibration(
  lists: readonly (readonly ScoredAnswer[])[],
  { ranks, bins = 5 }: { ranks: number; bins?: number },
): ReliabilityBin[] {
  const leads = lists.map((list) => list.slice(0, ranks)).flatMap((list) =>
    list.flatMap((better, rank) =>
      list.slice(rank + 1).filter(({ answer }) => answer !== better.answer)
        .map((worse) => better.score - worse.score)
    )
  );
  return reliability({
    probabilities: leads.map((lead) => winProbability(Math.abs(lead))),
    happened: leads.map((lead) => lead > 0 ? 1 : lead < 0 ? 0 : 0.5),
  }, { bins, from: 0.5 });
}

/**
 * -log sigmoid of each lead (better score minus worse score) in nats, with 32-bit numbers:
 * `softplus` as training computes it, and `naive` as the tutorial does, where a sigmoid that
 * rounds to 0 has no logarithm. The slopes are derivatives with respect to the better score.
 */
export async function pairLosses(
  leads: readonly number[],
): Promise<Record<"lead" | "softplus" | "slope" | "naive" | "naiveSlope", number>[]> {
  const device = await openDevice("cpu");
  const scores = float({ pair: leads.length });
  const program = await jit(device, { better: scores, worse: scores }, ({ better, worse }) => {
    const [softplus, naive] = [true, false].map((stable) =>
      pairwiseLogSigmoid(better, worse, { stable })
    );
    const [[slope], [naiveSlope]] = [softplus, naive].map((loss) => grad(sum(loss), [better]));
    return { softplus, slope, naive, naiveSlope };
  }, { toHost: ["softplus", "slope", "naive", "naiveSlope"] });
  const arrays = await program({ better: floats(leads), worse: floats(leads.map(() => 0)) });
  const found = await Promise.all(
    [arrays.softplus, arrays.slope, arrays.naive, arrays.naiveSlope].map((array) =>
      device.read(array)
    ),
  );
  return leads.map((lead, pair) => {
    const [softplus, slope, naive, naiveSlope] = found.map((numbers) => numbers[pair]);
    return { lead, softplus, slope, naive, naiveSlope };
  });
}
