/**
 * What `deno task train` saves: policies, states, and what is left of a run that has diverged.
 */
import { DamageError, fileExists, verifyChecksums, WriteError } from "../lib/files/mod.ts";
import type { DivergenceError } from "../lib/learn/mod.ts";
import { downloadParameters, type Weight, writeModelFolder } from "../lib/lm/mod.ts";
import type { PpoState } from "../lib/ppo/mod.ts";
import { scheduleOf, type Settings } from "../lib/settings/mod.ts";
import { say, sentences } from "../lib/text/mod.ts";
import { recordPath, resumeCommand, writeRecord } from "./run_folder.ts";
import { newestOf, policyPath, saveState } from "./run_states.ts";
import type { Job } from "./train_job.ts";
import { divergedRun, isFinite, requireFiniteState, writeDivergence } from "./train_watch.ts";

/**
 * Writes the current actor, with its folder's settings and the lengths of this run, which `predict`
 * reads.
 */
export async function saveActor(job: Job, ppoStep: number): Promise<void> {
  const { run: { ppo, device } } = job;
  await savePolicy(job, ppoStep, await downloadParameters(device, ppo.actor()));
}

async function savePolicy(
  { run: { settings }, inputs }: Job,
  ppoStep: number,
  weights: Map<string, Weight>,
): Promise<void> {
  const { config, tokenizer, settings: own } = inputs.policy;
  const { output_dir, max_len, query_len } = settings;
  await writeModelFolder(policyPath(output_dir, ppoStep), {
    config,
    weights,
    tokenizer,
    settings: { ...own, max_len, query_len },
  }, { checksums: true });
}

/**
 * Writes the policy of the state from which a run continues, if the run should have it and it is
 * missing or damaged: a power failure may have come between the policy and the state.
 */
export async function restorePolicy(job: Job): Promise<void> {
  const { from, run: { settings } } = job;
  if (from === undefined || from.pool.length > 0 || !endsEpisode(from, settings)) return;
  if (await isWhole(policyPath(settings.output_dir, from.actor.step))) return;
  const weights = new Map<string, Weight>();
  for (const [name, { dims, data }] of from.actor.arrays) {
    const [, key] = /^parameters\.(.*)$/s.exec(name) ?? [];
    if (key !== undefined) weights.set(key, { shape: [...dims], data });
  }
  await savePolicy(job, from.actor.step, weights);
}

/** Whether a policy is there, with the bytes that were written. */
async function isWhole(policy: string): Promise<boolean> {
  try {
    await verifyChecksums(policy);
    return await fileExists(`${policy}/model.safetensors`);
  } catch (error) {
    if (error instanceof DamageError) return false;
    throw error;
  }
}

/** Saves everything needed to resume, the run's `settings.json` too if it was removed meanwhile. */
export async function save({ run, logs, record }: Job): Promise<void> {
  const folder = run.settings.output_dir;
  const state = await run.ppo.state({ copies: false });
  requireFiniteState(state);
  if (!await fileExists(recordPath(folder))) await writeRecord(folder, record);
  await saveState(folder, state, { logs: await logs.names() });
}

/** Whether an episode, or the schedule, ends with this update. */
export function endsEpisode(
  { timestep, update }: Pick<PpoState, "timestep" | "update">,
  settings: Settings,
): boolean {
  const { max_timesteps, update_timesteps } = settings;
  const episodes = (timesteps: number) => Math.floor(timesteps / max_timesteps);
  return update > 0 && episodes(timestep) > episodes(timestep - update_timesteps) ||
    update === scheduleOf(settings).updates;
}

/**
 * Saves what a run that has diverged still has, if it is finite, and gives the error that ends it.
 * If the critic diverged, the actor of this state is one step ahead. A resumed run would take that
 * step again, and then diverge at the same step of the critic, which does not depend on the actor.
 * So a run that made no whole step since it was resumed keeps the state that it has.
 */
export async function diverged(job: Job, error: DivergenceError): Promise<Error> {
  const { run: { ppo, settings: { output_dir: folder } } } = job;
  const { actor, critic } = await ppo.state({ copies: false });
  const isNew = job.from === undefined ? actor.step > 0 : critic.step > job.from.critic.step;
  if (isNew && isFinite({ actor, critic })) {
    await saveActor(job, actor.step);
    await save(job);
  }
  await writeDivergence(folder, error);
  return divergedRun(error, await newestOf(folder));
}

/** The error that ends a run whose files cannot be written, with what is saved and how to go on. */
export const unwritable = async (folder: string, error: WriteError): Promise<Error> =>
  new Error(sentences([error.message, await wayOn(folder)]), { cause: error });

/** What is saved of a run that was broken off, and the command that goes on with it. */
async function wayOn(folder: string): Promise<string> {
  const { state } = await newestOf(folder).catch(() => ({ state: undefined })); // it may be gone
  if (state !== undefined) {
    return say({
      en: `The run is saved up to ${state}; then continue with: ${resumeCommand(folder)}`,
      zh: `训练已保存到 ${state}；解决之后续训：${resumeCommand(folder)}`,
    });
  }
  return say(
    await fileExists(recordPath(folder))
      ? {
        en: `No state was saved yet; then begin anew with: ${resumeCommand(folder)}`,
        zh: `还没有保存过训练状态；解决之后从头开始：${resumeCommand(folder)}`,
      }
      : { en: "No state was saved: begin the run again", zh: "没有保存训练状态：请重新开始训练" },
  );
}
