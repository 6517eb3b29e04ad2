/**
 * The ranked lists of `deno task data --model_path`, whose second rank the SFT model writes. A file
 * of its own, because the other half of the command needs no ONNX Runtime.
 */
import { readModelFolder } from "../lib/lm/mod.ts";
import {
  modelLengths,
  type RankedText,
  readQuestionedPassages,
  writersQuestions,
} from "../lib/passages/mod.ts";
import type { DataSettings } from "../lib/settings/mod.ts";
import { openWriter, writeLists } from "../lib/stages/mod.ts";
import { say } from "../lib/text/mod.ts";
import { tellNote, type Terminal } from "./command.ts";
import { dataFileOptions } from "./data_file_options.ts";
import { countReporter, openStageDevice, QUESTIONS_WRITTEN, READING } from "./stage_report.ts";

/** A file that is ready to be written, and a description of its content. */
export interface MadeFile {
  readonly name: string;
  readonly text: string;
  readonly holds: string;
}

const listFile = (name: string, lists: readonly RankedText[][]): MadeFile => ({
  name,
  text: lists.map((list) => JSON.stringify(list) + "\n").join(""),
  holds: say({ en: `${lists.length} ranked lists`, zh: `${lists.length} 个排序列表` }),
});

/** The two files of ranked lists. */
export async function listFiles(
  settings: DataSettings,
  { given, isEmbedded, terminal }: {
    given: Partial<DataSettings>;
    isEmbedded: boolean;
    terminal: Terminal;
  },
): Promise<MadeFile[]> {
  terminal.progress(say(READING));
  const options = dataFileOptions(settings, terminal);
  const train = await readQuestionedPassages(settings.train_file_path, options);
  const test = await readQuestionedPassages(settings.test_file_path, options);
  const folder = await readModelFolder(settings.model_path, { tell: tellNote });
  const asked = isEmbedded ? settings : given;
  const writer = await openWriter(await openStageDevice(settings), folder);
  const lists = await writeLists(writer, { train, test }, {
    lengths: modelLengths(folder, { maxLen: asked.max_len, queryLen: asked.query_max_len }),
    seed: settings.seed,
    lists: settings.lists,
    perQuestion: settings.per_question,
    proportion: settings.unanswerable_proportion,
    ...(isEmbedded ? { unanswerable: writersQuestions() } : {}),
    onWritten: countReporter(terminal, QUESTIONS_WRITTEN),
  });
  return [listFile("reward_train.json", lists.train), listFile("reward_test.json", lists.test)];
}
