/**
 * One real update, optimizer step by optimizer step: how far the actor moves from the policy that
 * sampled the answers.
 */
import { type Sample, stepMetrics } from "../ppo/mod.ts";
import type { CourseRun } from "./run.ts";

/**
 * Samples `timesteps` batches of answers and updates actor and critic on them, `ppo_epoch` times
 * over. Each row is measured before its step: `clip_fraction` is the share of tokens whose ratio
 * left the clip range, `approx_kl` is k3 of the old policy against the new in nats per token, and
 * `ratio_max` is the largest ratio. Steps are counted from 1 over all epochs.
 */
export async function updateSteps(
  { ppo, prompts, settings }: Pick<CourseRun, "ppo" | "prompts" | "settings">,
  { timesteps }: { timesteps: number },
): Promise<{ step: number; clip_fraction: number; approx_kl: number; ratio_max: number }[]> {
  const { batch_size, policy_clip_eps: clipRange } = settings;
  const pool: Sample[] = [];
  for (let timestep = 1; timestep <= timesteps; timestep++) {
    const batch = prompts.slice((timestep - 1) * batch_size, timestep * batch_size);
    pool.push(...await ppo.experience(timestep, batch));
  }
  return (await ppo.learn(pool, 0)).map((one, index) => {
    const { clip_fraction, approx_kl, ratio_max } = stepMetrics(one, { clipRange });
    return { step: index + 1, clip_fraction, approx_kl, ratio_max };
  });
}
