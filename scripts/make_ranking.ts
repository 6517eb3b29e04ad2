/**
 * `deno task make-ranking`: ranked lists for the reward stage, from CMRC files and a model that writes the answers of rank 2.
 *
 * Without a path flag it makes `data/reward_train.json` and `data/reward_test.json` anew with `models/sft_model`, the same bytes for
 * the same seed. JSON lines: a list a line, seven `{"prompt", "answer"}` from best to worst. Both files are made before one is written.
 */
import { writeAtomically } from "../lib/files/mod.ts";
import {
  createGenerator,
  type Generator,
  type Gpt2Arrays,
  gpt2Spec,
  plainSampling,
  readModelFolder,
  type Tokenizer,
  uploadParameters,
} from "../lib/lm/mod.ts";
import { randomStream } from "../lib/rl/mod.ts";
import {
  EMBEDDED_RANKING,
  helpText,
  parseFlags,
  promptRow,
  type QuestionedPassage,
  type RankedText,
  RANKING_SETTINGS,
  rankingLists,
  type RankingSettings,
  readQuestionedPassages,
  sampleAnswers,
  siblingQuestions,
  stageValues,
  writersQuestions,
} from "../lib/rlhf/mod.ts";
import { openStageDevice, runCommand } from "./stage_report.ts";

/** The model that writes. */
interface Writer {
  readonly generator: Generator;
  readonly parameters: Gpt2Arrays;
  readonly tokenizer: Tokenizer;
}

/** Random numbers of the two files: never the same. */
const ROUNDS = { train: 1000, test: 2000 } as const;

async function openWriter(settings: RankingSettings): Promise<Writer> {
  const { config, weights, tokenizer } = await readModelFolder(settings.model_path);
  if (settings.max_len > config.positions) {
    throw new RangeError(
      `Cannot use max_len ${settings.max_len}: the model has ${config.positions} positions`,
    );
  }
  const device = await openStageDevice(settings);
  const special = { padId: tokenizer.padId, endId: tokenizer.sepId };
  const generator = await createGenerator(device, config, { sampling: plainSampling, special });
  return { generator, tokenizer, parameters: await uploadParameters(device, gpt2Spec(config), weights) };
}

/** For each passage one question a list. */
async function writtenQuestions(
  { generator, parameters, tokenizer }: Writer,
  passages: readonly QuestionedPassage[],
  { settings, lists, firstRound }: { settings: RankingSettings; lists: number; firstRound: number },
): Promise<string[][]> {
  const { max_len: maxLen, query_max_len: queryLen, seed } = settings;
  const prompts = passages.map(({ content }) => promptRow(tokenizer, content, { maxLen, queryLen }));
  const questions: string[][] = passages.map(() => []);
  for (let list = 0; list < lists; list++) {
    const options = { maxNewTokens: queryLen, seed, round: firstRound + list };
    const answers = await sampleAnswers(generator, { parameters, prompts }, options);
    answers.forEach(({ tokens }, index) => questions[index].push(tokenizer.decode(tokens)));
    console.log(`questions written: ${answers.length * (list + 1)} of ${passages.length * lists}`);
  }
  return questions;
}

const jsonLines = (lists: readonly RankedText[][]): string =>
  lists.map((list) => JSON.stringify(list) + "\n").join("");

async function makeRanking(args: string[]): Promise<void> {
  const flags = parseFlags(RANKING_SETTINGS, { args, environment: Deno.env.toObject() });
  if (flags.help) {
    const does =
      "Makes ranked lists of answers; without a path: data/reward_train.json and reward_test.json.";
    return console.log(helpText(RANKING_SETTINGS, { command: "deno task make-ranking", does }));
  }
  const { settings, isEmbedded } = stageValues<RankingSettings>(flags, EMBEDDED_RANKING);
  const train = await readQuestionedPassages(settings.train_file_path);
  const test = await readQuestionedPassages(settings.test_file_path);
  const writer = await openWriter(settings);
  const random = randomStream(settings.seed);
  const files: [string, string][] = [];
  for (
    const { passages, path, lists, firstRound } of [
      { passages: train, path: settings.train_output_path, lists: settings.lists, firstRound: ROUNDS.train },
      { passages: test, path: settings.test_output_path, lists: 1, firstRound: ROUNDS.test },
    ]
  ) {
    const modelQuestions = await writtenQuestions(writer, passages, { settings, lists, firstRound });
    const unanswerable = isEmbedded ? writersQuestions() : siblingQuestions(passages);
    const proportion = settings.unanswerable_proportion;
    files.push([
      path,
      jsonLines(rankingLists(passages, { modelQuestions, unanswerable, proportion, random })),
    ]);
  }
  for (const [path, text] of files) {
    await writeAtomically(path, text);
    console.log(`wrote ${path}: ${text.split("\n").length - 1} lists`);
  }
}

if (import.meta.main) await runCommand(() => makeRanking(Deno.args));
