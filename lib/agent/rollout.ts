/**
 * Experience of several environments: draw actions, take steps, and estimate advantages.
 *
 * Schulman et al. 2017 (PPO), algorithm 1. The log-probabilities and values of all steps are
 * computed by one program when the steps are done, since the parameters do not change before.
 */
import { vectorGae, type VectorStep } from "../control/mod.ts";
import { takenActions } from "./explorer.ts";
import type { AgentRun } from "./run.ts";

/** The steps of a rollout that are experience, one number for each unless noted. */
export interface Experience {
  /** The number of steps. */
  readonly count: number;
  /** The normalised observations before each step, side by side. */
  readonly observations: Float32Array;
  /** The actions as they were drawn, side by side. */
  readonly actions: Float32Array;
  /** log pi(a_t), in nats. */
  readonly logProbs: Float32Array;
  /** V(s_t). */
  readonly values: Float32Array;
  /** A_t. */
  readonly advantages: Float32Array;
  /** R_t. */
  readonly returns: Float32Array;
}

/** What one step of all environments adds to a rollout. */
interface Recorded {
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  readonly step: VectorStep;
}

/** Takes `config.steps` steps in every environment. */
export async function rollout(run: AgentRun): Promise<Experience> {
  const { config, envs } = run;
  const recorded: Recorded[] = [];
  for (let t = 0; t < config.steps; t++) {
    if (t % config.noiseSteps === 0) run.explorer.renew(await run.learner.parameters());
    recorded.push(await takeStep(run)); // a_t ~ pi(s_t)
  }
  const last = { observations: run.observations, actions: new Float32Array(actionsOf(run)) };
  const { logProbs, values } = await evaluate(run, [...recorded, last]); // log pi(a_t), V(s_t)
  const { advantages, returns, mask } = vectorGae({
    steps: recorded.map(({ step }) => config.bootstrapTruncated ? step : withoutTruncation(step)),
    values: rowsOf(values, envs.count),
    gamma: config.gamma,
    lambda: config.lambda,
  });
  const columns = { advantages: advantages.flat(), returns: returns.flat(), logProbs, values };
  return experienceOf(run, { recorded, mask: mask.flat(), columns });
}

const actionsOf = ({ envs, design }: AgentRun): number => envs.count * design.actionSize;

/** Draws and takes one action in every environment. */
async function takeStep(run: AgentRun): Promise<Recorded> {
  const { observations, envs } = run;
  const actions = run.explorer.draw(await run.learner.outputs(observations));
  const step = envs.step(takenActions(actions, envs.actionSpace));
  run.episodes = run.countStep(run.episodes, step);
  run.observations = run.normalizer.observe(step.observations);
  return { observations, actions, step: { ...step, rewards: run.normalizer.rewards(step) } };
}

/** A truncated episode as if nothing could follow. */
const withoutTruncation = (step: VectorStep): VectorStep => ({
  ...step,
  terminated: step.terminated.map((flag, env) => flag | step.truncated[env]),
});

function evaluate(
  { learner, design: { observationSize, actionSize } }: AgentRun,
  recorded: readonly Pick<Recorded, "observations" | "actions">[],
) {
  const observations = joined(recorded.map((step) => step.observations));
  const actions = joined(recorded.map((step) => step.actions));
  return learner.evaluate(
    { dims: [observations.length / observationSize, observationSize], data: observations },
    { dims: [actions.length / actionSize, actionSize], data: actions },
  );
}

/** Arrays one after the other. */
function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

const rowsOf = (values: Float32Array, size: number): Float32Array[] =>
  Array.from(
    { length: values.length / size },
    (_, row) => values.subarray(row * size, (row + 1) * size),
  );

/** Everything of a rollout, with the mask of the steps that are experience. */
interface Collected {
  readonly recorded: readonly Recorded[];
  readonly mask: readonly number[];
  readonly columns: Readonly<
    Record<"advantages" | "returns" | "logProbs" | "values", ArrayLike<number>>
  >;
}

/** Omits the steps that only reset an environment. */
function experienceOf(
  { design: { observationSize, actionSize } }: AgentRun,
  { recorded, mask, columns }: Collected,
): Experience {
  const places = mask.flatMap((flag, place) => flag === 1 ? [place] : []);
  const pick = (values: ArrayLike<number>) => Float32Array.from(places, (place) => values[place]);
  const pickRows = (values: Float32Array, size: number) =>
    joined(places.map((place) => values.subarray(place * size, (place + 1) * size)));
  return {
    count: places.length,
    observations: pickRows(joined(recorded.map((step) => step.observations)), observationSize),
    actions: pickRows(joined(recorded.map((step) => step.actions)), actionSize),
    logProbs: pick(columns.logProbs),
    values: pick(columns.values),
    advantages: pick(columns.advantages),
    returns: pick(columns.returns),
  };
}
