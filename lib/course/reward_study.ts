/**
 * What chapter 02 measures of the reward model on ranked lists that it has not seen: order, calibration, what a rewriting does to
 * a score, and how its loss is computed without overflow.
 *
 *     P(a before b) = sigmoid(score_a - score_b)            Bradley & Terry 1952
 */
import { grad } from "../autodiff/mod.ts";
import { RANKS } from "../corpus/mod.ts";
import {
  chunksOf,
  createRowScorer,
  type TokenRow,
  uploadParameters,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import { type Table, table } from "../plots/mod.ts";
import { pairwiseLogSigmoid, reliability, type ReliabilityBin } from "../rl/mod.ts";
import { answerRow, promptRow, type RankedText, readRankedLists } from "../passages/mod.ts";
import { pairAccuracy, type ScoredAnswer } from "../stages/mod.ts";
import { type Settings } from "../settings/mod.ts";
import { chooseDevice, float, floats, jit, openDevice } from "../runtime/mod.ts";
import { sum } from "../tensor/mod.ts";
import { type Embedded, pathOf, type RunInputs } from "./embedded.ts";

/** The reward model, ready to read. */
export interface RewardReader {
  /** Raw score of each row `[CLS] passage [SEP] answer [SEP]`. */
  scoreRows(rows: readonly TokenRow[]): Promise<number[]>;
  /** Raw score of each answer to its passage. */
  scoreTexts(texts: readonly RankedText[]): Promise<number[]>;
}

/** Compiles the reward model for reading whole answers. */
export async function openRewardReader(
  { reward, tokenizer }: Pick<RunInputs, "reward" | "tokenizer">,
  settings: Settings,
): Promise<RewardReader> {
  const device = await chooseDevice(settings.device, { buffers: settings.gpu_buffers });
  const scorer = await createRowScorer(device, reward.config, { padId: tokenizer.padId });
  const spec = valueModelSpec(reward.config);
  const parameters: ValueModelArrays = await uploadParameters(device, spec, reward.weights);
  const lengths = { maxLen: settings.max_len, queryLen: settings.query_len };
  const read = (rows: readonly TokenRow[]) => scorer(parameters, rows);
  return {
    scoreRows: read,
    scoreTexts: (texts) =>
      read(texts.map(({ prompt, answer }) => [
        ...promptRow(tokenizer, prompt, lengths),
        ...answerRow(tokenizer, answer, lengths),
      ])),
  };
}

/** One answer of a ranked list with its score. */
export interface RankedScore extends ScoredAnswer {
  /** The passage. */
  readonly prompt: string;
  /** "1 human" ... "7 random". */
  readonly rank: string;
  /** Its tokens, [SEP] not counted. */
  readonly length: number;
}

/** The names of the ranks with their numbers, best first. */
export const RANK_NAMES: readonly string[] = RANKS.map((name, index) => `${index + 1} ${name}`);

/** The lists of `data/reward_test.json`, scored; as many as there are held-out passages. */
export async function scoreHeldOutLists(
  reader: RewardReader,
  { heldOut, tokenizer }: Pick<Embedded, "heldOut" | "tokenizer">,
): Promise<RankedScore[][]> {
  const lists = (await readRankedLists(pathOf("data/reward_test.json"))).slice(0, heldOut.length);
  const scores = await reader.scoreTexts(lists.flat());
  const scored = lists.flat().map(({ prompt, answer }, index) => ({
    prompt,
    answer,
    score: scores[index],
    rank: RANK_NAMES[index % RANKS.length],
    length: tokenizer.encode(answer).length,
  }));
  return chunksOf(scored, RANKS.length);
}

/** How often each rank scored above each worse one, in percent: better ranks down, worse ones across. */
export function orderTable(lists: readonly (readonly RankedScore[])[]): Table {
  const share = (better: number, worse: number) =>
    100 * pairAccuracy(lists.map((list) => [list[better], list[worse]])).overall;
  const rows = RANK_NAMES.slice(0, -1).map((name, better) =>
    Object.fromEntries<string>([
      ["% above", name],
      ...RANK_NAMES.slice(1).map((other, index): [string, string] => [
        other,
        index + 1 > better ? share(better, index + 1).toFixed(1) : "",
      ]),
    ])
  );
  return table(rows, ["% above", ...RANK_NAMES.slice(1)]);
}

/** P(better before worse) for a lead of so much in score. */
export const winProbability = (lead: number): number => 1 / (1 + Math.exp(-lead));

/**
 * Calibration of the reward model: of each pair the higher score is the prediction, sigmoid of the lead its probability, and it
 * came true if the ranks say so too.
 *
 * @param options.ranks pairs of the first so many ranks only
 */
export function pairCalibration(
  lists: readonly (readonly ScoredAnswer[])[],
  { ranks, bins = 5 }: { ranks: number; bins?: number },
): ReliabilityBin[] {
  const pairs = lists.flatMap((list) =>
    list.slice(0, ranks).flatMap((better, rank) =>
      list.slice(rank + 1, ranks).filter(({ answer }) => answer !== better.answer)
        .map((worse) => better.score - worse.score)
    )
  );
  return reliability({
    probabilities: pairs.map((lead) => winProbability(Math.abs(lead))),
    happened: pairs.map((lead) => lead > 0 ? 1 : lead < 0 ? 0 : 0.5),
  }, { bins, from: 0.5 });
}

/** The loss of one pair and its slope, computed in two ways with 32-bit numbers. */
export interface PairLossRow {
  /** Better score minus worse score. */
  readonly lead: number;
  /** softplus(-lead), in nats. */
  readonly softplus: number;
  /** Its derivative by the better score. */
  readonly slope: number;
  /** -log(sigmoid(lead)): a sigmoid that rounds to 0 has no logarithm. */
  readonly naive: number;
  /** Its derivative by the better score. */
  readonly naiveSlope: number;
}

/** -log sigmoid of each lead as training computes it (stable), and as the tutorial does. */
export async function pairLosses(leads: readonly number[]): Promise<PairLossRow[]> {
  const device = await openDevice("cpu");
  const axes = { pair: leads.length };
  const program = await jit(
    device,
    { better: float(axes), worse: float(axes) },
    ({ better, worse }) => {
      const of = (stable: boolean) => {
        const loss = pairwiseLogSigmoid(better, worse, { stable });
        const [slope] = grad(sum(loss), [better]);
        return { loss, slope };
      };
      return { stable: of(true), naive: of(false) };
    },
    { toHost: ["stable", "naive"] },
  );
  const { stable, naive } = await program({
    better: floats(leads),
    worse: floats(leads.map(() => 0)),
  });
  const [softplus, slope, naiveLoss, naiveSlope] = await Promise.all(
    [stable.loss, stable.slope, naive.loss, naive.slope].map((array) => device.read(array)),
  );
  return leads.map((lead, pair) => ({
    lead,
    softplus: softplus[pair],
    slope: slope[pair],
    naive: naiveLoss[pair],
    naiveSlope: naiveSlope[pair],
  }));
}
