/**
 * `deno task score`: a reward model's scores of questions about passages.
 *
 * A passage and a question are typed in turn, or come from `--content` and `--query`, from standard
 * input (two lines each) or from `--file`. A file gives one line of JSON for each question, with
 * `score` and `normalised_score`. Otherwise the result is printed in the words of the tutorial's
 * `RewardRank/predict.py`. Without `--model_path` the embedded reward model scores.
 */
import { chunksOf, type ModelFolder, readModelFolder } from "../lib/lm/mod.ts";
import { type Example, type Lengths, modelLengths, readRewardData } from "../lib/passages/mod.ts";
import { SCORE_SETTINGS, type ScoreSettings } from "../lib/settings/mod.ts";
import {
  createQuestionScorer,
  type QuestionScore,
  type QuestionScorer,
  storedStatistics,
} from "../lib/stages/mod.ts";
import { say } from "../lib/text/mod.ts";
import { runCommand, showStart, tellNote, type Terminal } from "./command.ts";
import { readFlags } from "./read_flags.ts";
import { cutNote, embeddedLine, openStageDevice, readingLine } from "./stage_report.ts";
import { pipedLines, typedLines } from "./typed_lines.ts";

const EMBEDDED_MODEL = "models/rm_model";

/** The tutorial's words, and in the same manner those for the normalised score. */
const WORDS = {
  passage: "输入的文本为：",
  question: "输入的问题为：",
  score: "上述文本和问题的匹配度分数为：",
  normalised: "归一化后的分数为：",
} as const;

/** Questions of a file that are scored together. */
const BATCH = 64;

/** Pairs of lines: a passage, then a question about it, which may be empty. */
async function* pairsOf(lines: AsyncIterable<string>): AsyncGenerator<Example> {
  let content: string | undefined;
  for await (const line of lines) {
    if (content === undefined) {
      content = line.trim() === "" ? undefined : line.trim(); // blank lines between two pairs
    } else {
      yield { content, query: line.trim() };
      content = undefined;
    }
  }
  if (content !== undefined) {
    const start = content.length > 20 ? `${content.slice(0, 20)}...` : content;
    throw new Error(say({
      en: `Cannot score the last passage (${start}): no question follows it; ` +
        "give a passage and its question on two lines",
      zh: `无法给最后一段短文（${start}）打分：它后面没有问题；请用两行给出短文和它的问题`,
    }));
  }
}

/** Pairs that a person types. */
function typedPairs(): AsyncGenerator<Example> {
  console.error(say({
    en: "Type a passage and a question in turn; Ctrl-D ends.",
    zh: "轮流输入短文和问题；按 Ctrl-D 结束。",
  }));
  let asksForPassage = false;
  const prompt = () => {
    asksForPassage = !asksForPassage;
    return asksForPassage ? WORDS.passage : WORDS.question;
  };
  return pairsOf(typedLines(prompt));
}

/** The pair of `--content` and `--query`; undefined if neither was given. */
function givenPair({ content, query }: Partial<ScoreSettings>): Example | undefined {
  if (content === undefined && query === undefined) return undefined;
  if (content !== undefined && content.trim() !== "" && query !== undefined) {
    return { content, query };
  }
  const [missing, given] = query === undefined ? ["query", "content"] : ["content", "query"];
  throw new RangeError(say({
    en: `Cannot use --${given} alone: a score needs a passage and a question; add --${missing}`,
    zh: `不能单独使用 --${given}：打分需要短文和问题；请加上 --${missing}`,
  }));
}

/** The questions of a file, or all answers of its ranked lists. */
async function readFile(path: string): Promise<Example[]> {
  const { lists, passages } = await readRewardData(path, { tell: console.error });
  if (lists !== undefined) {
    return lists.flat().map(({ prompt, answer }) => ({ content: prompt, query: answer }));
  }
  return passages.flatMap(({ content, questions }) =>
    questions.map(({ text }) => ({ content, query: text }))
  );
}

function noteCut({ tokens, read }: QuestionScore): void {
  if (read < tokens) tellNote(cutNote({ tokens, read }));
}

/** The score in the tutorial's words. */
function show(terminal: Terminal, scored: QuestionScore): void {
  noteCut(scored);
  terminal.print(`${WORDS.score}${scored.score}`);
  if (scored.normalised !== undefined) terminal.print(`${WORDS.normalised}${scored.normalised}`);
}

/** One line of JSON for each question. Progress goes to standard error. */
async function scoreFile(path: string, score: QuestionScorer, terminal: Terminal): Promise<void> {
  const examples = await readFile(path);
  let cut = 0;
  for (const group of chunksOf(examples, BATCH)) {
    (await score(group)).forEach(({ score, normalised, read, tokens }, index) => {
      const own = normalised === undefined ? {} : { normalised_score: normalised };
      terminal.print(JSON.stringify({ ...group[index], score, ...own }));
      if (read < tokens) cut++;
    });
  }
  if (cut > 0) {
    tellNote(say({
      en: `${cut} passages are longer than the model reads, and were cut`,
      zh: `有 ${cut} 段短文超过模型可读的长度，已截断`,
    }));
  }
}

/** Which model scores, and by what its scores are normalised. */
function describe(path: string, folder: ModelFolder, { maxLen, queryLen }: Lengths): void {
  const statistics = storedStatistics(folder);
  const [mean, std] = [statistics?.mean.toFixed(3), statistics?.deviation.toFixed(3)];
  const form = say(
    statistics === undefined
      ? {
        en: "its settings.json has no score statistics, so scores are not normalised",
        zh: "它的 settings.json 没有分数的统计量，所以分数不做归一化",
      }
      : {
        en: `normalised = (score - ${mean}) / ${std}`,
        zh: `归一化后的分数 = (分数 - ${mean}) / ${std}`,
      },
  );
  console.error(say({
    en: `${path}: ${form}; at most ${maxLen} tokens, ${queryLen} of them for a question`,
    zh: `${path}：${form}；最多 ${maxLen} 个词元，其中问题最多 ${queryLen} 个`,
  }));
}

async function openScorer(
  settings: ScoreSettings,
  given: Partial<ScoreSettings>,
): Promise<QuestionScorer> {
  const path = settings.model_path === "" ? EMBEDDED_MODEL : settings.model_path;
  showStart(readingLine(path));
  const folder = await readModelFolder(path, { valueHead: true, tell: tellNote });
  const lengths = modelLengths(folder, { maxLen: given.max_len, queryLen: given.query_max_len });
  if (settings.model_path === "") {
    console.error(embeddedLine(path));
  }
  describe(path, folder, lengths);
  return await createQuestionScorer(await openStageDevice(settings), folder, { lengths });
}

async function score(args: string[], terminal: Terminal): Promise<void> {
  const does = {
    en: "Scores questions about passages with a reward model, in its own units and in\n" +
      "standard deviations from the mean score of the SFT model's answers.",
    zh: "用奖励模型给关于短文的问题打分：给出原始分数，以及以 SFT 模型的回答为基准的\n" +
      "归一化分数（与平均分相差多少个标准差）。",
  };
  const flags = readFlags(SCORE_SETTINGS, { command: "deno task score", does }, { args, terminal });
  if (flags === undefined) return;
  const { given, values } = flags;
  const pair = givenPair(given);
  if (pair !== undefined && values.file !== "") {
    throw new RangeError(say({
      en: "Cannot use --file with --content and --query: give one of them",
      zh: "不能同时使用 --file 和 --content、--query：请只给出其中一种",
    }));
  }
  const scorer = await openScorer(values, given);
  if (pair !== undefined) return show(terminal, (await scorer([pair]))[0]);
  if (values.file !== "") return await scoreFile(values.file, scorer, terminal);
  const isTyped = Deno.stdin.isTerminal();
  for await (const example of isTyped ? typedPairs() : pairsOf(pipedLines())) {
    const [scored] = await scorer([example]);
    if (!isTyped) {
      terminal.print(`${WORDS.passage}${example.content}`);
      terminal.print(`${WORDS.question}${example.query}`);
    }
    show(terminal, scored);
  }
}

if (import.meta.main) await runCommand(({ terminal }) => score(Deno.args, terminal));
