/**
 * `deno task data`: makes the files between the stages from questions about passages.
 *
 * With the user's own paths it splits the data as the tutorial does: half of the training passages
 * become `sft_train.json`, the other half `ppo_train.json`, and the held-out ones `test.json`. With
 * `--model_path`, an SFT model, it makes the ranked lists of the reward stage instead:
 * `reward_train.json` and `reward_test.json`, with one list per line, seven `{"prompt", "answer"}`
 * from best to worst. Without a path flag it rebuilds the embedded lists with `models/sft_model`,
 * with the same bytes for the same seed; `make-data` makes the other embedded files. All files are
 * made before the first is written. ONNX Runtime is loaded for ranked lists only; without them, the
 * command drops the permission to load it before it reads a file.
 */
import { join } from "node:path";
import { writeAtomically } from "../lib/files/mod.ts";
import { randomStream } from "../lib/random/mod.ts";
import {
  DATA_SETTINGS,
  type DataSettings,
  EMBEDDED_DATA,
  stageValues,
} from "../lib/settings/mod.ts";
import {
  numbered,
  type NumberedPassage,
  questionLinesOf,
  readQuestionedPassages,
  splitPassages,
} from "../lib/passages/mod.ts";
import { say } from "../lib/text/mod.ts";
import { runCommand, type Terminal } from "./command.ts";
import { dataFileOptions } from "./data_file_options.ts";
import type { MadeFile } from "./data_lists.ts";
import { keepFilePermissions } from "./permissions.ts";
import { readFlags } from "./read_flags.ts";

function questionFile(name: string, passages: readonly NumberedPassage[]): MadeFile {
  const questions = passages.reduce((sum, passage) => sum + passage.questions.length, 0);
  return {
    name,
    text: questionLinesOf(passages),
    holds: say({
      en: `${passages.length} passages, ${questions} questions`,
      zh: `${passages.length} 段短文，${questions} 个问题`,
    }),
  };
}

/** The tutorial's three files of questions. */
async function splitFiles(settings: DataSettings, terminal: Terminal): Promise<MadeFile[]> {
  keepFilePermissions();
  const train = await readQuestionedPassages(
    settings.train_file_path,
    dataFileOptions(settings, terminal),
  );
  const test = await readQuestionedPassages(
    settings.test_file_path,
    dataFileOptions(settings, terminal),
  );
  const { sft, ppo } = splitPassages(train, randomStream(settings.seed));
  return [
    questionFile("sft_train.json", sft),
    questionFile("ppo_train.json", ppo),
    questionFile("test.json", numbered(test)),
  ];
}

async function data(args: string[], terminal: Terminal): Promise<void> {
  const does = {
    en: "Splits questions about passages for SFT and PPO.\n" +
      "With --model_path, it makes ranked lists instead.\n" +
      "Without a path flag, it makes data/reward_{train,test}.json with models/sft_model.",
    zh: "把带问题的短文划分给 SFT 和 PPO。\n给出 --model_path 时，改为生成排序列表。\n" +
      "不给出路径参数时，用 models/sft_model 生成 data/reward_{train,test}.json。",
  };
  const flags = readFlags(DATA_SETTINGS, { command: "deno task data", does }, { args, terminal });
  if (flags === undefined) return;
  const { settings, isEmbedded } = stageValues<DataSettings>(flags, EMBEDDED_DATA);
  const files = settings.model_path === ""
    ? await splitFiles(settings, terminal)
    : await (await import("./data_lists.ts")) // loads ONNX Runtime
      .listFiles(settings, { given: flags.given, isEmbedded, terminal });
  for (const { name, text, holds } of files) {
    const path = join(settings.output_dir, name);
    await writeAtomically(path, text);
    terminal.print(say({ en: `wrote ${path}: ${holds}`, zh: `已写出 ${path}：${holds}` }));
  }
}

if (import.meta.main) await runCommand(({ terminal }) => data(Deno.args, terminal));
