/**
 * The training loop: sample `updateTimesteps` timesteps of answers, update actor and critic on them, report, and again.
 *
 * Where the run stands is one value, the position. It is replaced after each timestep and each optimizer step, together with the models,
 * so that a run that was stopped between two programs can be resumed exactly (`state.ts`).
 */
import { EXACT_KL } from "../settings/mod.ts";
import {
  meanStepMetrics,
  type Metrics,
  oneStepMetrics,
  type PoolMetrics,
  poolMetrics,
} from "./metrics.ts";
import type { Run } from "./run.ts";
import { restore, START } from "./state.ts";
import type { TrainOptions } from "./train_options.ts";

/** Trains to the end of the schedule; yields one row of metrics an update. */
export async function* train(run: Run, options: TrainOptions): AsyncGenerator<Metrics> {
  const { models, config: { timesteps, updates, ...config } } = run;
  run.position = options.from === undefined ? START : await restore(run, options.from);
  const prompts = run.promptSampler(run.position.drawn);

  while (isUpdateDue(run) || run.position.timestep < timesteps) {
    run.checkAbort();
    if (isUpdateDue(run)) {
      yield await updateOnPool(run, options);
    } else {
      const timestep = run.position.timestep + 1;
      const samples = await run.rollout(models, prompts.next(), { ...config, timestep });
      const pool = [...run.position.pool, ...samples];
      run.position = { ...run.position, timestep, pool, drawn: prompts.drawn() };
      options.onProgress?.({ timestep, timesteps, update: run.position.update, updates });
    }
  }
}

const isUpdateDue = ({ config: { updateTimesteps }, position: { timestep, pool } }: Run): boolean =>
  pool.length > 0 && timestep % updateTimesteps === 0;

/** One update on the pool, from the optimizer step where it stands. */
async function updateOnPool(run: Run, { onPool, onStep }: TrainOptions): Promise<Metrics> {
  const { models, config } = run;
  const { timestep, update, pool, steps } = run.position;
  const before = run.position.before ?? await measurePool(run, pool);
  if (run.position.before === undefined) onPool?.({ update: update + 1, timestep, pool });
  run.position = { ...run.position, before };

  const progress = { updatesDone: update, stepsDone: steps.length };
  for await (const step of run.update(models, pool, { ...config, ...progress })) {
    const metrics = oneStepMetrics(step, config);
    run.position = { ...run.position, steps: [...run.position.steps, metrics] };
    onStep?.({ ppoStep: models.trainedActor.state.step, metrics });
  }

  const after = meanStepMetrics(run.position.steps);
  run.position = { ...START, timestep, update: update + 1, drawn: run.position.drawn };
  return { update: update + 1, timestep, ...before, ...after, ...run.watch.lap() };
}

/** What is measured of a pool before its update. */
export const measurePool = async (
  { models }: Pick<Run, "models">,
  pool: Run["position"]["pool"],
): Promise<PoolMetrics & { kl_exact: number }> => ({
  ...poolMetrics(pool),
  kl_exact: await models.exactKl(pool.slice(-EXACT_KL.answers)),
});
