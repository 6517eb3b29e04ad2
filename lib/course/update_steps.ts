/** One real update, optimizer step by step: how far the actor moves from the policy that wrote the answers. */
import { type Sample, stepMetrics } from "../ppo/mod.ts";
import type { CourseRun } from "./run.ts";

/** What is logged of one optimizer step, before it changes the actor. */
export interface UpdateStepRow {
  /** Counted from 1 over all PPO epochs. */
  readonly step: number;
  /** Share of tokens whose ratio left the clip range. */
  readonly clip_fraction: number;
  /** k3 of the old policy against the new, in nats a token. */
  readonly approx_kl: number;
  /** The largest ratio. */
  readonly ratio_max: number;
}

/** Samples `timesteps` batches of answers and updates actor and critic on them, `ppo_epoch` times over. */
export async function updateSteps(
  run: CourseRun,
  { timesteps }: { timesteps: number },
): Promise<UpdateStepRow[]> {
  const { ppo, prompts, settings } = run;
  const size = settings.batch_size;
  const pool: Sample[] = [];
  for (let timestep = 1; timestep <= timesteps; timestep++) {
    pool.push(
      ...await ppo.experience(timestep, prompts.slice((timestep - 1) * size, timestep * size)),
    );
  }
  return (await ppo.learn(pool, 0)).map((one, index) => {
    const { clip_fraction, approx_kl, ratio_max } = stepMetrics(one, {
      clipRange: settings.policy_clip_eps,
    });
    return { step: index + 1, clip_fraction, approx_kl, ratio_max };
  });
}
