/**
 * The quality of a reward model: how many pairs of held-out lists it orders correctly, and how well
 * its scores separate right from wrong questions, as the gold judge decides, among the language
 * model's own questions about held-out passages.
 *
 * The judge is used only after training.
 */
import { join } from "node:path";
import { judgeQuestion, RANKS, readGold, type Reason } from "../lib/corpus/mod.ts";
import { readText } from "../lib/files/mod.ts";
import type { ModelFolder, TokenRow, ValueModelArrays } from "../lib/lm/mod.ts";
import { type ScoreStatistics, scoreStatistics } from "../lib/rl/mod.ts";
import {
  answerRow,
  type Lengths,
  promptRow,
  type RankedText,
  readPassages,
} from "../lib/passages/mod.ts";
import { chunksOf, createRowScorer } from "../lib/lm/mod.ts";
import {
  openWriter,
  pairAccuracy,
  type RewardTrainer,
  type ScoredAnswer,
  separation,
} from "../lib/stages/mod.ts";
import { type RewardSettings } from "../lib/settings/mod.ts";
import { sampleAnswers } from "../lib/decode/mod.ts";
import type { Device } from "../lib/runtime/mod.ts";
import type { Terminal } from "./command.ts";
import { goldSample } from "./gold_sample.ts";
import { sha256Of } from "./sha256.ts";
import { dataFileOptions } from "./data_file_options.ts";
import { table } from "./readme_tables.ts";
import { percent } from "./stage_report.ts";

/** Measures a reward model during and after training. */
export interface Quality {
  /** The held-out loss and the share of held-out pairs in the right order. */
  measure(
    trainer: RewardTrainer,
    parameters: ValueModelArrays,
  ): Promise<{ loss: number; inOrder: number }>;
  /**
   * The statistics of the scores of the language model's own answers. `onAnswered` is called after
   * each batch of them.
   */
  statistics(
    parameters: ValueModelArrays,
    onAnswered: (done: number, total: number) => void,
  ): Promise<ScoreStatistics>;
  /** The tables for the model's README. */
  numbers(parameters: ValueModelArrays, statistics: ScoreStatistics): Promise<string>;
}

/** The inputs of the measurements. */
export interface QualityInputs {
  readonly settings: RewardSettings;
  readonly policy: ModelFolder;
  readonly heldOut: readonly RankedText[][];
  readonly lengths: Lengths;
  readonly terminal: Terminal;
}

/** Scores rows in batches of similar length; returns scores in the order of the rows. */
type ScoreAll = (parameters: ValueModelArrays, rows: readonly TokenRow[]) => Promise<number[]>;

async function openScorer(device: Device, { config, tokenizer }: ModelFolder): Promise<ScoreAll> {
  return await createRowScorer(device, config, { padId: tokenizer.padId });
}

/** Compiles the programs for the measurements. */
export async function openQuality(device: Device, inputs: QualityInputs): Promise<Quality> {
  const { settings, policy, heldOut, lengths } = inputs;
  const scoreAll = await openScorer(device, policy);
  const rowsOf = (list: readonly RankedText[]) =>
    list.map(({ prompt, answer }) => [
      ...promptRow(policy.tokenizer, prompt, lengths),
      ...answerRow(policy.tokenizer, answer, lengths),
    ]);
  const rankedRows = heldOut.map(rowsOf);
  const scoredLists = async (parameters: ValueModelArrays): Promise<ScoredAnswer[][]> => {
    const scores = await scoreAll(parameters, rankedRows.flat());
    let row = 0;
    return heldOut.map((list) => list.map(({ answer }) => ({ answer, score: scores[row++] })));
  };
  return {
    async measure(trainer, parameters) {
      const loss = await trainer.evaluate(
        parameters,
        chunksOf(rankedRows, settings.test_batch_size),
      );
      return { loss, inOrder: pairAccuracy(await scoredLists(parameters)).overall };
    },
    async statistics(parameters, onAnswered) {
      const rows = await ownAnswers(device, inputs, onAnswered);
      return scoreStatistics(await scoreAll(parameters, rows));
    },
    async numbers(parameters, statistics) {
      const lists = await scoredLists(parameters);
      const parts = [await factTable(inputs, lists, statistics), neighbourTable(lists)];
      return [...parts, await separationTable(device, inputs, (rows) => scoreAll(parameters, rows))]
        .join(
          "\n\n",
        );
    },
  };
}

/**
 * Held-out passages whose answers are scored without a file of prompts. 200 give the standard
 * deviation to within 5 %.
 */
const SCORED_PROMPTS = 200;

/**
 * The language model's answers to the prompts of `prompts_file_path` or to held-out ones, as whole
 * rows.
 */
async function ownAnswers(
  device: Device,
  { settings, policy, heldOut, lengths, terminal }: QualityInputs,
  onAnswered: (done: number, total: number) => void,
): Promise<TokenRow[]> {
  const { generator, parameters } = await openWriter(device, policy);
  const passages = settings.prompts_file_path === ""
    ? [...new Set(heldOut.map(([{ prompt }]) => prompt))].slice(0, SCORED_PROMPTS)
    : await readPassages(settings.prompts_file_path, dataFileOptions(settings, terminal));
  const prompts = passages.map((content) => promptRow(policy.tokenizer, content, lengths));
  let done = 0;
  const answers = await sampleAnswers(generator, { parameters, prompts }, {
    maxNewTokens: lengths.queryLen,
    seed: settings.seed,
    onAnswered: (count) => onAnswered(done += count, prompts.length),
  });
  await generator.release();
  return prompts.map((prompt, index) => [...prompt, ...answers[index].tokens]);
}

/** The gold facts of the held-out passages. */
async function readHeldOutFacts() {
  const gold = readGold(await readText("data/gold.json")).filter(({ split }) => split === "test");
  return new Map(gold.map((passage) => [passage.content, passage]));
}

/** Among lists whose rank 2 is wrong, how often rank 1 scores higher. */
async function humanOverWrong(heldOut: readonly RankedText[][], lists: readonly ScoredAnswer[][]) {
  const facts = await readHeldOutFacts();
  const wrong = lists.filter((list, index) => {
    const passage = facts.get(heldOut[index][0].prompt);
    return passage !== undefined && !judgeQuestion(list[1].answer, passage).right;
  });
  return {
    share: wrong.filter(([human, model]) => human.score > model.score).length / wrong.length,
    n: wrong.length,
  };
}

async function factTable(
  { settings, heldOut }: QualityInputs,
  lists: readonly ScoredAnswer[][],
  statistics: ScoreStatistics,
): Promise<string> {
  const human = await humanOverWrong(heldOut, lists);
  return table(["what", "value"], [
    ["seed", settings.seed],
    [
      "sha256 of `model.safetensors`",
      `\`${await sha256Of(join(settings.output_dir, "model.safetensors"))}\``,
    ],
    ["held-out lists", lists.length],
    ["pairs in the right order, all 21 of a list", percent(pairAccuracy(lists).overall)],
    [`human question above a wrong model question (${human.n} lists)`, percent(human.share)],
    ["mean score of the SFT model's answers", statistics.mean.toFixed(3)],
    ["deviation of their scores", statistics.deviation.toFixed(3)],
  ]);
}

function neighbourTable(lists: readonly ScoredAnswer[][]): string {
  const { neighbours } = pairAccuracy(lists);
  return table(
    ["held-out pair of neighbouring ranks", "in the right order"],
    neighbours.map((share, rank) => [`${RANKS[rank]} > ${RANKS[rank + 1]}`, percent(share)]),
  );
}

async function separationTable(
  device: Device,
  { settings, policy, lengths }: QualityInputs,
  scoreRows: (rows: readonly TokenRow[]) => Promise<number[]>,
): Promise<string> {
  const { generator, parameters } = await openWriter(device, policy);
  const { tokenizer } = policy;
  const sample = await goldSample(generator, {
    parameters,
    tokenizer,
    lengths,
    seed: settings.seed,
  });
  const scores = await scoreRows(sample.map(({ prompt, answer }) => [...prompt, ...answer]));
  const of = (test: (reason: Reason) => boolean) =>
    scores.filter((_, index) => test(sample[index].reason));
  const right = of((reason) => reason === "right");
  const reasons = [...new Set(sample.map(({ reason }) => reason))].filter((reason) =>
    reason !== "right"
  )
    .toSorted();
  const row = (
    name: string,
    wrong: readonly number[],
  ) => [name, wrong.length, separation(right, wrong).toFixed(3)];
  return table([`against ${right.length} right questions of the SFT model`, "questions", "AUC"], [
    row("all wrong ones", of((reason) => reason !== "right")),
    ...reasons.map((reason) => row(reason, of((other) => other === reason))),
  ]);
}
