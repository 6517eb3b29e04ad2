/**
 * `deno task predict`: questions about passages, printed as the tutorial does.
 *
 * Passages are typed, or come from standard input (one per line) or from `--file`. Without
 * `--model_path` the embedded SFT model writes the questions. The lengths are those in the model
 * folder's `settings.json`. A passage that is too long is cut, with a note on standard error.
 */
import { readModelFolder } from "../lib/lm/mod.ts";
import { chunksOf } from "../lib/lm/mod.ts";
import { createPredictor, type Prediction, type Predictor } from "../lib/stages/mod.ts";
import { PREDICT_SETTINGS, type PredictSettings } from "../lib/settings/mod.ts";
import { modelLengths, readTexts } from "../lib/passages/mod.ts";
import { say } from "../lib/text/mod.ts";
import { runCommand, showStart, tellNote, type Terminal } from "./command.ts";
import { dataFileOptions } from "./data_file_options.ts";
import { readFlags } from "./read_flags.ts";
import { cutNote, embeddedLine, openStageDevice, readingLine } from "./stage_report.ts";
import { pipedLines, typedLines } from "./typed_lines.ts";

const EMBEDDED_MODEL = "models/sft_model";

const PROMPT = "输入的正文为:";

/** Passages of a file that are processed together. */
const BATCH = 8;

/**
 * Groups of passages that are processed together, and whether the user typed them, so that they
 * need not be printed.
 */
interface Source {
  readonly groups: AsyncIterable<readonly string[]>;
  readonly isTyped: boolean;
}

async function* oneByOne(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  for await (const line of lines) if (line.trim() !== "") yield [line.trim()];
}

async function sourceOf(settings: PredictSettings): Promise<Source> {
  if (settings.file !== "") {
    const passages = await readTexts(
      settings.file,
      dataFileOptions(settings, { print: console.error }),
    );
    return { groups: ReadableStream.from(chunksOf(passages, BATCH)), isTyped: false };
  }
  if (!Deno.stdin.isTerminal()) return { groups: oneByOne(pipedLines()), isTyped: false };
  console.error(say({
    en: "Type one passage per line; Ctrl-D ends.",
    zh: "每行输入一段短文；按 Ctrl-D 结束。",
  }));
  return { groups: oneByOne(typedLines(() => PROMPT)), isTyped: true };
}

function show(
  passage: string,
  { questions, tokens, read }: Prediction,
  { isTyped, terminal }: { isTyped: boolean; terminal: Terminal },
): void {
  if (!isTyped) terminal.print(`${PROMPT}${passage}`);
  if (read < tokens) {
    tellNote(cutNote({ tokens, read }));
  }
  questions.forEach((question, index) =>
    terminal.print(`生成的第${index + 1}个问题为:${question}`)
  );
}

async function openPredictor(
  settings: PredictSettings,
  given: Partial<PredictSettings>,
): Promise<Predictor> {
  const path = settings.model_path === "" ? EMBEDDED_MODEL : settings.model_path;
  showStart(readingLine(path));
  const folder = await readModelFolder(path, { tell: tellNote });
  if (settings.model_path === "") {
    console.error(embeddedLine(path));
  }
  return await createPredictor(await openStageDevice(settings), folder, {
    lengths: modelLengths(folder, { maxLen: given.max_len, queryLen: given.query_max_len }),
    sampling: {
      temperature: settings.temperature,
      topK: settings.top_k,
      topP: settings.top_p,
      repetitionPenalty: settings.repetition_penalty,
    },
    minNewTokens: settings.min_length,
    questions: settings.num_questions,
    seed: settings.seed,
  });
}

async function predict(args: string[], terminal: Terminal): Promise<void> {
  const does = {
    en: "Generates questions about passages that are typed, piped in (one per line) or read " +
      "from a file.",
    zh: "就短文生成问题。短文可以手动输入、由管道传入（每行一段），或从文件读取。",
  };
  const flags = readFlags(PREDICT_SETTINGS, { command: "deno task predict", does }, {
    args,
    terminal,
  });
  if (flags === undefined) return;
  const { given, values } = flags;
  const predictor = await openPredictor(values, given);
  const { groups, isTyped } = await sourceOf(values);
  let first = 0;
  for await (const passages of groups) {
    const predictions = await predictor.predict(passages, first);
    predictions.forEach((prediction, index) =>
      show(passages[index], prediction, { isTyped, terminal })
    );
    first += passages.length;
  }
}

if (import.meta.main) await runCommand(({ terminal }) => predict(Deno.args, terminal));
