/** The number of timesteps, updates and optimizer steps in a schedule, from its settings. */
import type { Settings } from "./settings.ts";

/**
 * Limits on measuring the exact KL: the number of answers per update, because computing it over the
 * whole vocabulary costs as much as a forward pass of each model, and the number of logits of one
 * model in memory at once (32 MiB).
 */
export const EXACT_KL = { answers: 16, logits: 2 ** 23 } as const;

/** The number of updates in a whole schedule, and the number of timesteps that they train on. */
export function scheduleOf(
  { num_episodes, max_timesteps, update_timesteps }: Settings,
): { timesteps: number; updates: number } {
  const updates = Math.floor(num_episodes * max_timesteps / update_timesteps);
  return { timesteps: updates * update_timesteps, updates };
}

/** The number of optimizer steps in an update. */
export function stepsAnUpdate(settings: Settings): number {
  const { ppo_epoch, update_timesteps, batch_size, num_return_sequences } = settings;
  const answers = batch_size * num_return_sequences;
  if (settings.shuffle_whole_batches) return ppo_epoch * update_timesteps;
  return ppo_epoch * Math.ceil(update_timesteps * answers / (settings.mini_batch_size || answers));
}
