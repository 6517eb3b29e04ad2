/**
 * The `train` task: PPO from the command line, with the tutorial's flags.
 *
 * Without path flags it runs on the embedded models with their own settings; with `--ori_model_path`, `--reward_model_path` or
 * `--train_file_path` on the reader's, with the tutorial's defaults. Writes `metrics.jsonl` and, after each episode,
 * `checkpoint-N` (a Hugging Face folder; N counts updates) into `--output_dir`.
 */
import { join } from "node:path";
import {
  type CourseRun,
  loadEmbedded,
  loadOwn,
  namesOwn,
  openRun,
  progressLine,
  type RunInputs,
  runSettings,
} from "../lib/course/mod.ts";
import { appendLine, writeAtomically } from "../lib/files/mod.ts";
import { downloadParameters, writeModelFolder } from "../lib/lm/mod.ts";
import {
  helpText,
  parseFlags,
  type Progress,
  SETTINGS,
  type Settings,
  validateSettings,
} from "../lib/rlhf/mod.ts";

/** What to train, by the flags. */
async function inputsOf(given: Partial<Settings>): Promise<{ inputs: RunInputs; settings: Settings }> {
  if (namesOwn(given)) {
    const settings = validateSettings(given);
    return { inputs: await loadOwn(settings), settings };
  }
  const inputs = await loadEmbedded();
  return { inputs, settings: runSettings(inputs.policy, given) };
}

/** Writes the actor as it is now. */
async function saveActor(
  { ppo, device, settings }: CourseRun,
  inputs: RunInputs,
  update: number,
): Promise<void> {
  const weights = await downloadParameters(device, ppo.actor());
  const { config, tokenizer } = inputs.policy;
  await writeModelFolder(join(settings.output_dir, `checkpoint-${update}`), { config, weights, tokenizer });
}

async function train(given: Partial<Settings>): Promise<void> {
  const { inputs, settings } = await inputsOf(given);
  const run = await openRun(inputs, settings);
  console.log(`${run.prompts.length} prompts, ${run.device.description}`);
  await Deno.mkdir(settings.output_dir, { recursive: true });
  const metrics = join(settings.output_dir, "metrics.jsonl");
  await writeAtomically(metrics, "");
  const start = performance.now();
  let progress: Progress = { timestep: 0, timesteps: 1, update: 0, updates: 1 };
  for await (const row of run.ppo.train({ onProgress: (now) => progress = now })) {
    await appendLine(metrics, JSON.stringify(row));
    console.log(progressLine(row, progress, (performance.now() - start) / 1000));
    const episodeEnds = Math.floor(row.timestep / settings.max_timesteps) >
      Math.floor((row.timestep - settings.update_timesteps) / settings.max_timesteps);
    if (episodeEnds || row.update === progress.updates) await saveActor(run, inputs, row.update);
  }
}

if (import.meta.main) {
  try {
    const { given, help } = parseFlags(SETTINGS, { args: Deno.args, environment: Deno.env.toObject() });
    if (help) {
      console.log(
        helpText(SETTINGS, { command: "deno task train", does: "Trains a language model with PPO." }),
      );
    } else await train(given);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
