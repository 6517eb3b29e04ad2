/**
 * The compiled programs of an agent.
 *
 * One program makes a whole step of a minibatch: the loss, its gradient, clipping and Adam.
 */
import { grad } from "../autodiff/mod.ts";
import { adam, adamDefaults } from "../optim/mod.ts";
import { type Device, float, jit } from "../runtime/mod.ts";
import {
  add,
  div,
  min,
  type Scalar,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentDesign } from "./design.ts";
import { actionStatistics, actorOutputs, agentLoss, valuesOf } from "./graphs.ts";
import { networkOf, parameterCount } from "./network.ts";

const column = float({ batch: -1 });

/** The specs of observations and actions. */
const batchSpec = ({ observationSize, actionSize }: AgentDesign) => ({
  observations: float({ batch: -1, observation: observationSize }),
  actions: float({ batch: -1, action: actionSize }),
});

const vectorSpec = (design: AgentDesign) => float({ parameter: parameterCount(design) });

/** Compiles the outputs of the actor; the features only where exploration needs them. */
export const outputsProgram = (device: Device, design: AgentDesign) =>
  jit(
    device,
    { parameters: vectorSpec(design), observations: batchSpec(design).observations },
    ({ parameters, observations }) => {
      const { outputs, features } = actorOutputs(
        networkOf(parameters, design),
        observations,
        design,
      );
      return design.kind === "state-dependent" ? { outputs, features } : { outputs };
    },
  );

/** Compiles log-probabilities of actions and values of observations. */
export const evaluationProgram = (device: Device, design: AgentDesign) =>
  jit(
    device,
    { parameters: vectorSpec(design), ...batchSpec(design) },
    ({ parameters, ...batch }) => {
      const network = networkOf(parameters, design);
      const { logProbs } = actionStatistics(network, batch, design);
      return { logProbs, values: valuesOf(network, batch.observations, design) };
    },
  );

type LossConfig = Pick<
  AgentConfig,
  "entropyCoef" | "valueCoef" | "valueClipRange" | "maxGradNorm" | "adamEpsilon"
>;

/** Compiles an optimizer step. */
export function stepProgram(device: Device, design: AgentDesign, config: LossConfig) {
  const vector = vectorSpec(design);
  const columns = {
    oldLogProbs: column,
    advantages: column,
    returns: column,
    oldValues: column,
  };
  const one = float({});
  const spec = {
    state: { parameter: vector, first: vector, second: vector },
    batch: { ...batchSpec(design), ...columns },
    scalars: { stepSize: one, rootCorrection: one, clipRange: one },
  };
  return jit(device, spec, ({ state, batch, scalars: { clipRange, ...scalars } }) => {
    const network = networkOf(state.parameter, design);
    const { loss, ...parts } = agentLoss(network, batch, { ...config, design, clipRange });
    const [gradient] = grad(loss, [state.parameter]);
    const gradNorm = sqrt(sum(square(gradient)));
    const scale = scaleOf(gradNorm, config.maxGradNorm);
    const settings = { ...adamDefaults, epsilon: config.adamEpsilon };
    const next = adam({ ...state, gradient }, { ...scalars, scale, keep: scalar(1) }, settings);
    return { next, metrics: { loss, ...parts, gradNorm } };
  });
}

/** min(1, maxNorm / (norm + 1e-6)), as `clipScale` from `lib/optim`. */
const scaleOf = (norm: Tensor<Scalar>, maxNorm: number): Tensor<Scalar> =>
  Number.isFinite(maxNorm) ? min(div(maxNorm, add(norm, 1e-6)), 1) : scalar(1);
