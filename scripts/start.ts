/**
 * The `start` task: sets up what is missing, runs the sixth notebook headless (PPO on the embedded
 * models and data) with its progress in the terminal, and leaves `out/06_ppo.ipynb` and
 * `out/06_ppo.html`.
 *
 *     deno task start --kl_coef 0.2 --seed 3
 *
 * The last line on standard output is one JSON object with the run's metrics, which the notebook
 * hands over in a file.
 */
import { join } from "node:path";
import { CHAPTER_FLAGS, variablesOf } from "../lib/settings/mod.ts";
import { type CommandContext, runCommand, type Terminal } from "./command.ts";
import { readFlags } from "./read_flags.ts";
import { checkChapterSettings, runNotebook } from "./notebooks.ts";
import { ensureNotebookTools } from "./setup.ts";

/** Runs the notebook `name` and returns its summary as one line of JSON. */
async function summaryOf(
  name: string,
  { given, terminal }: { given: object; terminal: Terminal },
): Promise<string> {
  const tools = await ensureNotebookTools();
  const outputDirectory = join(tools.root, "out");
  const summaryPath = join(outputDirectory, `${name}.json`);
  await Deno.mkdir(outputDirectory, { recursive: true });
  await Deno.remove(summaryPath).catch(() => {}); // an old run's numbers must not pass for this one's
  const run = await runNotebook(join(tools.root, "notebooks", `${name}.ipynb`), {
    outputDirectory,
    env: variablesOf({ ...given, summary_path: summaryPath }),
    onLine: terminal.print,
    tools,
  });
  terminal.print(`Wrote ${run.notebook} and ${run.page} in ${run.seconds.toFixed(0)} s`);
  const text = await Deno.readTextFile(summaryPath).catch(() => {
    throw new Error(
      `Cannot print the metrics: notebooks/${name}.ipynb ran, but its last cell wrote no summary`,
    );
  });
  return JSON.stringify(JSON.parse(text));
}

async function start(args: string[], { terminal }: CommandContext): Promise<void> {
  const does = "Runs chapter 06, which trains the embedded models with PPO and plots the results.";
  const flags = readFlags(CHAPTER_FLAGS, { command: "deno task start", does }, { args, terminal });
  if (flags === undefined) return;
  await checkChapterSettings(flags.given);
  terminal.print(await summaryOf("06_ppo", { given: flags.given, terminal }));
}

if (import.meta.main) await runCommand((context) => start(Deno.args, context));
