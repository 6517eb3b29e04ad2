/** How many timesteps, updates and optimizer steps a schedule has, from its settings. */
import type { Settings } from "./settings.ts";

/**
 * Answers whose KL is measured exactly at each update, because the whole vocabulary costs as much as a forward pass of each model; and the
 * logits of one model that are held at once: 32 MiB, and a handful of arrays of that size for each of the two models.
 */
export const EXACT_KL = { answers: 16, logits: 2 ** 23 } as const;

/** Timesteps and updates of a whole schedule. */
export function scheduleOf(
  { num_episodes, max_timesteps, update_timesteps }: Pick<
    Settings,
    "num_episodes" | "max_timesteps" | "update_timesteps"
  >,
): { timesteps: number; updates: number } {
  const timesteps = num_episodes * max_timesteps;
  return { timesteps, updates: Math.floor(timesteps / update_timesteps) };
}

/** How many optimizer steps an update takes. */
export function stepsAnUpdate(
  settings: Pick<
    Settings,
    | "ppo_epoch"
    | "update_timesteps"
    | "batch_size"
    | "num_return_sequences"
    | "mini_batch_size"
    | "shuffle_whole_batches"
  >,
): number {
  const { ppo_epoch, update_timesteps, batch_size, num_return_sequences, mini_batch_size } =
    settings;
  const answers = batch_size * num_return_sequences;
  if (settings.shuffle_whole_batches) return ppo_epoch * update_timesteps;
  return ppo_epoch * Math.ceil(update_timesteps * answers / (mini_batch_size || answers));
}
