/**
 * The learner: parameters with Adam's moments, and what is computed with them.
 *
 * The results of an optimizer step go into spare arrays, which then change places with the current
 * ones. A step that would move the policy too far is undone by not changing places.
 */
import { adamDefaults, stepScalars } from "../optim/mod.ts";
import { type Device, type DeviceArray, type HostArray, number, zeros } from "../runtime/mod.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentDesign } from "./design.ts";
import type { ActorOutputs } from "./explorer.ts";
import { parameterCount } from "./network.ts";
import { plainOutputs } from "./plain_outputs.ts";
import { evaluationProgram, outputsProgram, stepProgram } from "./programs.ts";

type Vector = DeviceArray<"float32">;

/** Parameters and moments as plain numbers. */
export interface LearnerState {
  /** The optimizer steps made. */
  readonly step: number;
  /** The vector of parameters. */
  readonly parameters: Float32Array;
  /** Adam's m. */
  readonly first: Float32Array;
  /** Adam's v. */
  readonly second: Float32Array;
}

/** A minibatch as arrays. */
export interface MinibatchArrays {
  /** The normalised observations, [batch, observation]. */
  readonly observations: HostArray<"float32">;
  /** The actions as they were drawn, [batch, action]. */
  readonly actions: HostArray<"float32">;
  /** log pi_old(a_t), in nats. */
  readonly oldLogProbs: HostArray<"float32">;
  /** A_t. */
  readonly advantages: HostArray<"float32">;
  /** R_t. */
  readonly returns: HostArray<"float32">;
  /** V_old(s_t). */
  readonly oldValues: HostArray<"float32">;
}

/** The metrics of an optimizer step. */
export interface StepMetrics {
  /** The whole loss. */
  readonly loss: number;
  /** The clipped policy loss. */
  readonly policyLoss: number;
  /** The mean squared error of the values. */
  readonly valueLoss: number;
  /** The entropy of the policy, in nats. */
  readonly entropy: number;
  /** The KL divergence from the policy of the rollout, by k3, in nats. */
  readonly approxKl: number;
  /** The share of steps whose gradient the clip range removes. */
  readonly clipFraction: number;
  /** The norm of the gradient before clipping. */
  readonly gradNorm: number;
}

/** Parameters with Adam's moments. */
interface Arrays {
  readonly parameter: Vector;
  readonly first: Vector;
  readonly second: Vector;
}

/** The options of an optimizer step. */
export interface StepOptions {
  /** Adam's learning rate. */
  readonly learningRate: number;
  /** The clip range of the probability ratio. */
  readonly clipRange: number;
  /** A step beyond this KL divergence is not made. */
  readonly maxKl: number;
}

/** Computes with an agent's parameters and improves them. */
export interface Learner {
  /** The actor's outputs and, for gSDE, its features; valid until the next call. */
  outputs(observations: Float32Array<ArrayBuffer>): Promise<ActorOutputs>;
  /** Log-probabilities of actions, in nats, and values of observations. */
  evaluate(observations: HostArray<"float32">, actions: HostArray<"float32">): Promise<{
    readonly logProbs: Float32Array;
    readonly values: Float32Array;
  }>;
  /** Makes an optimizer step, or returns undefined if it is beyond `maxKl`. */
  step(minibatch: MinibatchArrays, options: StepOptions): Promise<StepMetrics | undefined>;
  /** The vector of parameters, which the next step overwrites. */
  parameters(): Promise<Float32Array>;
  /** Copies the state. */
  state(): Promise<LearnerState>;
  /**
   * Continues from a state.
   *
   * @throws RangeError when it has another number of parameters.
   */
  restore(state: LearnerState): Promise<void>;
}

/** As many observations are evaluated without a program, which is slower to start. */
const PLAIN_ROWS = 4;

/** Compiles the programs of a design. The parameters are zero until `restore` sets them. */
export async function createLearner(
  device: Device,
  design: AgentDesign,
  config: Pick<
    AgentConfig,
    "entropyCoef" | "valueCoef" | "valueClipRange" | "maxGradNorm" | "adamEpsilon"
  >,
): Promise<Learner> {
  const { observationSize } = design, size = parameterCount(design);
  const programs = {
    outputs: await outputsProgram(device, design),
    evaluate: await evaluationProgram(device, design),
    step: await stepProgram(device, design, config),
  };
  const plain = plainOutputs(design);
  const newArrays = async (): Promise<Arrays> => ({
    parameter: await device.upload(zeros([size])),
    first: await device.upload(zeros([size])),
    second: await device.upload(zeros([size])),
  });
  const settings = { ...adamDefaults, epsilon: config.adamEpsilon };
  let current = await newArrays(), spare = await newArrays(), step = 0;
  const read = async (array: Vector) => (await device.read(array)).slice();
  return {
    async outputs(observations) {
      const dims = [observations.length / observationSize, observationSize];
      if (dims[0] <= PLAIN_ROWS) return plain(await device.read(current.parameter), observations);
      const feeds = { parameters: current.parameter, observations: { dims, data: observations } };
      const { outputs, features } = await programs.outputs(feeds);
      return {
        outputs: await device.read(outputs),
        features: features && await device.read(features),
      };
    },
    async evaluate(observations, actions) {
      const feeds = { parameters: current.parameter, observations, actions };
      const { logProbs, values } = await programs.evaluate(feeds);
      return { logProbs: await device.read(logProbs), values: await device.read(values) };
    },
    async step(batch, { learningRate, clipRange, maxKl }) {
      const scalars = stepScalars(settings, { learningRate, step: step + 1, scale: 1 });
      const { metrics } = await programs.step({
        state: current,
        batch,
        scalars: {
          stepSize: number(scalars.stepSize),
          rootCorrection: number(scalars.rootCorrection),
          clipRange: number(clipRange),
        },
      }, { next: spare });
      const measured = await numbersOf(device, metrics);
      if (measured.approxKl > maxKl) return undefined;
      [current, spare] = [spare, current];
      step++;
      return measured;
    },
    parameters: () => device.read(current.parameter),
    state: async () => ({
      step,
      parameters: await read(current.parameter),
      first: await read(current.first),
      second: await read(current.second),
    }),
    async restore(state) {
      const upload = (data: Float32Array) => device.upload(vectorOf(data, size));
      current = {
        parameter: await upload(state.parameters),
        first: await upload(state.first),
        second: await upload(state.second),
      };
      step = state.step;
    },
  };
}

/** Reads the metrics of a step. */
async function numbersOf(
  device: Device,
  metrics: Readonly<Record<keyof StepMetrics, Vector>>,
): Promise<StepMetrics> {
  const numberOf = async (name: keyof StepMetrics) => (await device.read(metrics[name]))[0];
  return {
    loss: await numberOf("loss"),
    policyLoss: await numberOf("policyLoss"),
    valueLoss: await numberOf("valueLoss"),
    entropy: await numberOf("entropy"),
    approxKl: await numberOf("approxKl"),
    clipFraction: await numberOf("clipFraction"),
    gradNorm: await numberOf("gradNorm"),
  };
}

/** A copy of numbers as the vector of parameters. */
function vectorOf(data: Float32Array, size: number): HostArray<"float32"> {
  if (data.length === size) return { dims: [size], data: Float32Array.from(data) };
  const found = `the state has ${data.length} parameters, the agent ${size}`;
  throw new RangeError(`Cannot restore the agent: ${found}. Use the settings it was trained with`);
}
