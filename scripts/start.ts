/**
 * The `start` task: sets up what is missing, runs the sixth notebook headless (PPO on the embedded
 * models and data) with its progress in the terminal, and leaves `out/06_ppo.ipynb` and
 * `out/06_ppo.html`. In Chinese it runs the Chinese edition, and leaves both in `out/zh/`.
 *
 *     deno task start --kl_coef 0.2 --seed 3
 *
 * The last line on standard output is one JSON object with the run's metrics, which the notebook
 * hands over in a file.
 */
import { join } from "node:path";
import { CHAPTER_FLAGS, variablesOf } from "../lib/settings/mod.ts";
import { say, spokenLanguage } from "../lib/text/mod.ts";
import { editionFolder } from "./chapters.ts";
import { type CommandContext, runCommand, type Terminal } from "./command.ts";
import { readFlags } from "./read_flags.ts";
import { checkChapterSettings, outputFolder, runNotebook } from "./notebooks.ts";
import { ensureNotebookTools } from "./setup.ts";

/** Runs the notebook `name` and returns its summary as one line of JSON. */
async function summaryOf(
  name: string,
  { given, terminal }: { given: object; terminal: Terminal },
): Promise<string> {
  const tools = await ensureNotebookTools();
  const language = spokenLanguage();
  const outputDirectory = outputFolder(language);
  const summaryPath = join(outputDirectory, `${name}.json`);
  await Deno.mkdir(outputDirectory, { recursive: true });
  await Deno.remove(summaryPath).catch(() => {}); // an old run's numbers must not pass for this one's
  const run = await runNotebook(join(editionFolder(tools.root, language), `${name}.ipynb`), {
    outputDirectory,
    env: variablesOf({ ...given, summary_path: summaryPath }),
    onLine: terminal.print,
    tools,
  });
  const seconds = run.seconds.toFixed(0);
  terminal.print(say({
    en: `Wrote ${run.notebook} and ${run.page} in ${seconds} s`,
    zh: `用时 ${seconds} 秒，已写出 ${run.notebook} 和 ${run.page}`,
  }));
  const text = await Deno.readTextFile(summaryPath).catch(() => {
    throw new Error(say({
      en: `Cannot print the metrics: notebooks/${name}.ipynb ran, ` +
        "but its last cell wrote no summary",
      zh: `无法打印指标：notebooks/zh/${name}.ipynb 已运行，但最后一个单元格没有写出摘要`,
    }));
  });
  return JSON.stringify(JSON.parse(text));
}

async function start(args: string[], { terminal }: CommandContext): Promise<void> {
  const does = {
    en: "Runs chapter 06, which trains the embedded models with PPO and plots the results.",
    zh: "运行第 6 章：用 PPO 训练内置模型，并画出结果。",
  };
  const flags = readFlags(CHAPTER_FLAGS, { command: "deno task start", does }, { args, terminal });
  if (flags === undefined) return;
  await checkChapterSettings(flags.given);
  terminal.print(await summaryOf("06_ppo", { given: flags.given, terminal }));
}

if (import.meta.main) await runCommand((context) => start(Deno.args, context));
