/**
 * The disk space that a training command needs, predicted before it starts and compared with what
 * is free.
 */
import {
  bytesText,
  freeBytes,
  requireSpace,
  requireWritable,
  WriteError,
} from "../lib/files/mod.ts";
import type { Gpt2Config } from "../lib/lm/mod.ts";
import { type ModelShapes, weightBytes } from "../lib/memory/mod.ts";
import type { Settings, SftSettings } from "../lib/settings/mod.ts";
import { say, type Text } from "../lib/text/mod.ts";
import { KEPT_STATES } from "./run_states.ts";

/** The predicted sizes, in bytes. */
export interface DiskPlan {
  /** A state: weights and both moments of the actor and of the critic. */
  readonly state: number;
  /** A policy. */
  readonly policy: number;
  /** The policies of the whole run. */
  readonly policies: number;
  /** All that the run needs at once. */
  readonly total: number;
}

/** What logs, tokenizers and answers take at most, roughly, beside the weights. */
const SMALL_FILES = 8 * 2 ** 20;

/** How many states there are while a new one is written. */
const STATES = KEPT_STATES + 1;

/** Predicts the disk space of a run of these models. */
export function diskPlan(
  { policy, reward }: ModelShapes,
  { num_episodes: policies }: Pick<Settings, "num_episodes">,
): DiskPlan {
  const actor = weightBytes(policy);
  const state = 3 * (actor + weightBytes(reward, { valueHead: true }));
  return {
    state,
    policy: actor,
    policies,
    total: STATES * state + policies * actor + SMALL_FILES,
  };
}

/** The line of a plan: `disk: 7.4 GiB needed in out/run, 60 GiB free`. */
export function diskLine({ total }: DiskPlan, folder: string): string {
  const free = freeBytes(folder);
  const [en, zh] = free === undefined
    ? ["", ""]
    : [`, ${bytesText(free)} free`, `，空闲 ${bytesText(free)}`];
  return say({
    en: `disk: ${bytesText(total)} needed in ${folder}${en}`,
    zh: `磁盘：${folder} 需要 ${bytesText(total)}${zh}`,
  });
}

/**
 * Checks before a run starts or goes on that its disk has room for the rest of it.
 *
 * @param there the numbers of states and policies that are there already
 * @throws {WriteError} With what is needed and what is free.
 */
export function requireDisk(
  folder: string,
  plan: DiskPlan,
  there: { states: number; policies: number } = { states: 0, policies: 0 },
): void {
  const states = Math.max(1, STATES - there.states);
  const policies = Math.max(0, plan.policies - there.policies);
  const needed = plan.total - (STATES - states) * plan.state -
    (plan.policies - policies) * plan.policy;
  const free = freeBytes(folder);
  if (free === undefined || free >= needed) return;
  throw new WriteError(folder, say(tooFull({ states, policies, needed, free }, plan)));
}

/** Why a disk is too small for a run. */
function tooFull(
  { states, policies, needed, free }: Record<"states" | "policies" | "needed" | "free", number>,
  { state, policy }: DiskPlan,
): Text {
  return {
    en: `the run needs ${bytesText(needed)} of disk space, and ${bytesText(free)} are free. ` +
      `It writes ${counted(states, "state", "states")} of ${bytesText(state)} (two are kept ` +
      `while the next one is written) and ${counted(policies, "policy", "policies")} of ` +
      `${bytesText(policy)}. Free some space, or choose an --output_dir on another disk`,
    zh: `这次训练需要 ${bytesText(needed)} 磁盘空间，而空闲 ${bytesText(free)}。` +
      `它要写 ${states} 份训练状态，每份 ${bytesText(state)}（写下一份时保留两份），` +
      `以及 ${policies} 个策略模型，每个 ${bytesText(policy)}。` +
      "请腾出空间，或把 --output_dir 放到另一个磁盘",
  };
}

/**
 * Checks before `sft` or `reward` trains that its folder can be written, and that its disk has room
 * for a checkpoint of each epoch and for the model.
 *
 * @throws {WriteError} With the folder and the reason.
 */
export async function requireStageDisk(
  { output_dir, checkpoints, num_train_epochs }: Pick<
    SftSettings,
    "output_dir" | "checkpoints" | "num_train_epochs"
  >,
  config: Gpt2Config,
): Promise<void> {
  await requireWritable(output_dir);
  requireSpace(output_dir, ((checkpoints ? num_train_epochs : 0) + 1) * weightBytes(config));
}

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
