/**
 * The `start` task: sets up what is missing, runs the sixth notebook headless (PPO on the embedded models and data)
 * with its progress in the terminal, and leaves `out/06_ppo.ipynb` and `out/06_ppo.html`.
 *
 * Settings come from the environment, each under its flag's name in capitals: KL_COEF, LAM, SEED, MAX_TIMESTEPS ...
 * The last line on standard output is one JSON object with the run's metrics, which the notebook hands over in a file.
 */

import { join } from "node:path";
import { runNotebook } from "./notebooks.ts";
import { ensureNotebookTools } from "./setup.ts";

/** Runs the notebook `name` and returns its summary as one line of JSON. */
async function start(name: string): Promise<string> {
  const tools = await ensureNotebookTools();
  const outputDirectory = join(tools.root, "out");
  const summaryPath = join(outputDirectory, `${name}.json`);
  await Deno.mkdir(outputDirectory, { recursive: true });
  await Deno.remove(summaryPath).catch(() => {}); // an old run's numbers must not pass for this one's
  const run = await runNotebook(join(tools.root, "notebooks", `${name}.ipynb`), {
    outputDirectory,
    env: { SUMMARY_PATH: summaryPath },
    onLine: (line) => console.log(line),
    tools,
  });
  console.log(`Wrote ${run.notebook} and ${run.page} in ${run.seconds.toFixed(0)} s`);
  return await readSummary(summaryPath, name);
}

async function readSummary(path: string, name: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => {
    throw new Error(
      `Cannot print the metrics: notebooks/${name}.ipynb ran, but its last cell wrote no summary`,
    );
  });
  return JSON.stringify(JSON.parse(text));
}

if (import.meta.main) {
  try {
    console.log(await start("06_ppo"));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
