/**
 * One control run, in a process of its own: `deno run -A scripts/control_run.ts FOLDER` trains in a
 * folder with a `settings.json`, from its newest state if there is one, and prints each update as a
 * line of JSON and the evaluation as the last line. `deno task control` starts it. When it is
 * stopped, it saves its state.
 */
import {
  agentState,
  createAgent,
  evaluatePolicy,
  loadPolicy,
  restoreAgent,
  savedPolicy,
  trainAgent,
} from "../lib/agent/mod.ts";
import { meanOf, varianceOf } from "../lib/rl/mod.ts";
import { openDevice } from "../lib/runtime/mod.ts";
import { type CommandContext, runCommand } from "./command.ts";
import {
  type EvaluationResult,
  openControlRun,
  readControlRecord,
  writeEvaluation,
  writePolicy,
} from "./control_folder.ts";
import { lockFolder } from "./run_lock.ts";

/** The seed of the evaluation, far from those of training. */
const EVALUATION_SEED = 1_000_000;

/** Mean and standard deviation of the returns of some episodes. */
export const resultOf = (returns: readonly number[]): EvaluationResult => ({
  episodes: returns.length,
  mean: meanOf(returns),
  std: Math.sqrt(varianceOf(returns)),
});

async function trainInFolder(
  folder: string,
  { terminal, interruptSignal }: CommandContext,
): Promise<void> {
  using _lock = await lockFolder(folder);
  const record = await readControlRecord(folder);
  const device = await openDevice("cpu", { threads: 1 });
  const run = await createAgent(device, record);
  const { logs, state } = await openControlRun(folder);
  if (state !== undefined) await restoreAgent(run, state);
  const signal = interruptSignal();
  const save = async () => await logs.save(await agentState(run));
  try {
    for await (const row of trainAgent(run, { signal })) {
      logs.row(row);
      terminal.print(JSON.stringify({ row }));
      if (row.update % record.save_every === 0) await save();
    }
  } catch (error) {
    if (signal.aborted) await save(); // it stops between two updates; an error may be inside one
    throw error;
  }
  await save();
  const saved = await savedPolicy(run, record.settings);
  await writePolicy(folder, saved);
  const policy = await loadPolicy(device, saved);
  const options = { episodes: record.eval_episodes, seed: EVALUATION_SEED };
  const evaluation = resultOf((await evaluatePolicy(policy, options)).returns);
  await writeEvaluation(folder, evaluation);
  terminal.print(JSON.stringify({ evaluation }));
}

if (import.meta.main) await runCommand((context) => trainInFolder(Deno.args[0], context));
