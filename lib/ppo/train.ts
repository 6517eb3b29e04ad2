/**
 * The training loop: sample `updateTimesteps` timesteps of answers, update the actor and the critic
 * on them, report, and repeat.
 *
 * The progress of a run is a single value, `run.progress`, which counts the timesteps and updates
 * completed (`Progress` in `run.ts`). It is replaced after each timestep and each optimizer step,
 * together with the models, so that a run that was stopped can be resumed exactly (`state.ts`).
 */
import { meanStepMetrics, measurePool, type Metrics, stepMetrics } from "./metrics.ts";
import { type Run, START } from "./run.ts";
import { restore } from "./state.ts";
import type { TrainOptions } from "./train_options.ts";

/** Trains to the end of the schedule and yields one row of metrics per update. */
export async function* train(run: Run, options: TrainOptions): AsyncGenerator<Metrics> {
  const { updates, updateTimesteps } = run.config;
  run.progress = options.from === undefined ? START : await restore(run, options.from);
  const prompts = run.promptSampler(run.progress.drawn);

  while (run.progress.update < updates) {
    while (run.progress.timestep < (run.progress.update + 1) * updateTimesteps) {
      run.checkAbort();
      await sampleTimestep(run, prompts, options);
    }
    run.checkAbort();
    yield await updateOnPool(run, options);
  }
}

/** Adds one timestep of answers to the pool. */
async function sampleTimestep(
  run: Run,
  prompts: ReturnType<Run["promptSampler"]>,
  { onProgress }: TrainOptions,
): Promise<void> {
  const { models, config, progress: { pool, update } } = run;
  const timestep = run.progress.timestep + 1;
  const samples = await run.rollout(models, prompts.next(), { ...config, timestep });
  const drawn = prompts.drawn();
  run.progress = { ...run.progress, timestep, drawn, pool: [...pool, ...samples] };
  onProgress?.({ timestep, timesteps: config.timesteps, update, updates: config.updates });
}

/** Runs one update on the pool, or the remaining part of an update that was stopped. */
async function updateOnPool(run: Run, { onPool, onStep }: TrainOptions): Promise<Metrics> {
  const { models, config, progress: { timestep, update: updatesDone, pool } } = run;
  const update = updatesDone + 1;
  let { before } = run.progress;
  if (before === undefined) { // the update begins here, and was not stopped half-way
    before = await measurePool(models, pool);
    run.progress = { ...run.progress, before };
    onPool?.({ update, timestep, pool });
  }
  const done = { updatesDone, stepsDone: run.progress.steps.length };
  for await (const step of run.update(models, pool, { ...config, ...done })) {
    const metrics = stepMetrics(step, config);
    run.progress = { ...run.progress, steps: [...run.progress.steps, metrics] };
    onStep?.({ ppoStep: models.trainedActor.state.step, metrics });
  }
  const { steps } = run.progress;
  run.progress = { ...run.progress, update, pool: [], before: undefined, steps: [] };
  return { update, timestep, ...before, ...meanStepMetrics(steps), ...run.watch.lap() };
}
