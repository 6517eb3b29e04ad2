/**
 * What an agent computes, as graphs: outputs of the actor, statistics of actions, values, and the
 * loss of PPO.
 *
 *     loss = L_policy - entropyCoef H + valueCoef mean((V - R)^2)
 *
 * Schulman et al. 2017 (PPO), equation 9. `policyLoss` and `valueLoss` are those of the language
 * model (`lib/rl`). `valueLoss` is half of the mean squared error, so its weight is doubled.
 */
import { type ActionStatistics, choiceStatistics, noiseLogStd } from "../control/mod.ts";
import { linear, mlp, mlpFeatures } from "../nn/mod.ts";
import { gaussianEntropy, gaussianLogProbs, policyLoss, valueLoss } from "../rl/mod.ts";
import {
  add,
  cast,
  constant,
  div,
  expandLike,
  log,
  mul,
  rename,
  type Scalar,
  scalar,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentDesign } from "./design.ts";
import type { Network } from "./network.ts";

/** One number for each step of a batch. */
export type Column = Tensor<{ batch: number }>;
/** The observations of a batch. */
export type Observations = Tensor<{ batch: number; observation: number }>;
/** The actions of a batch; a choice is one whole number. */
export type Actions = Tensor<{ batch: number; action: number }>;

/** The features of the actor's last hidden layer, and its outputs. */
export function actorOutputs(
  { actor }: Network,
  observations: Observations,
  { activation }: AgentDesign,
): {
  features: Tensor<{ batch: number; hidden2: number }>;
  outputs: Tensor<{ batch: number; output: number }>;
} {
  const features = mlpFeatures(observations, actor, "observation", { activation });
  return { features, outputs: linear(features, actor.last, "hidden2") };
}

/** V(s) of each observation. */
export function valuesOf(
  { critic }: Network,
  observations: Observations,
  { activation }: AgentDesign,
): Column {
  return sum(mlp(observations, critic, "observation", { activation }), "value");
}

/** Log-probabilities of actions and the entropy of the policy. */
export function actionStatistics(
  network: Network,
  { observations, actions }: { readonly observations: Observations; readonly actions: Actions },
  design: AgentDesign,
): ActionStatistics {
  const { features, outputs } = actorOutputs(network, observations, design);
  if (design.kind === "categorical") {
    const choices = cast(sum(actions, "action"), "int32");
    return choiceStatistics(rename(outputs, { output: "choice" }), choices);
  }
  const means = rename(outputs, { output: "action" });
  const logStd = expandLike(logStdOf(network, features, design), means);
  return {
    logProbs: gaussianLogProbs({ means, logStd, actions }, "action"),
    entropy: gaussianEntropy(logStd, "action"),
  };
}

/** The log standard deviations, which gSDE computes from the features. */
function logStdOf(
  { logStd }: Network,
  features: Tensor<{ batch: number; hidden2: number }>,
  { kind, actionSize, initialLogStd }: AgentDesign,
): Tensor {
  if (logStd === undefined) {
    return constant(new Array(actionSize).fill(initialLogStd), { action: actionSize });
  }
  // in a state-dependent design the parameter has the axes hidden2 and action
  return kind === "gaussian" ? logStd : noiseLogStd(features, logStd as Tensor<NoiseShape>);
}

type NoiseShape = { hidden2: number; action: number };

/** The steps of one minibatch. */
export interface LossInputs {
  /** The normalised observations before each step. */
  readonly observations: Observations;
  /** The actions as they were drawn. */
  readonly actions: Actions;
  /** log pi_old(a_t), in nats. */
  readonly oldLogProbs: Column;
  /** A_t, whitened or not. */
  readonly advantages: Column;
  /** R_t. */
  readonly returns: Column;
  /** V_old(s_t). */
  readonly oldValues: Column;
}

/** The loss and its parts, means over the minibatch. */
export type LossParts = Readonly<
  Record<
    "loss" | "policyLoss" | "valueLoss" | "entropy" | "approxKl" | "clipFraction",
    Tensor<Scalar>
  >
>;

/** The loss of PPO on a minibatch. */
export function agentLoss(
  network: Network,
  { observations, actions, oldLogProbs, advantages, returns, oldValues }: LossInputs,
  { design, clipRange, entropyCoef, valueCoef, valueClipRange }:
    & Pick<AgentConfig, "entropyCoef" | "valueCoef" | "valueClipRange">
    & { readonly design: AgentDesign; readonly clipRange: Tensor<Scalar> },
): LossParts {
  const { logProbs, entropy } = actionStatistics(network, { observations, actions }, design);
  const values = valuesOf(network, observations, design);
  const mask = expandLike(scalar(1), logProbs); // every step of a minibatch counts
  const count = sum(mask);
  const mean = (column: Column): Tensor<Scalar> => div(sum(column), count);
  const policy = policyLoss({ logProbs, oldLogProbs, advantages, mask, count }, { clipRange });
  const critic = valueLoss({ values, oldValues, returns, mask, count }, {
    clipRange: valueClipRange,
  });
  const squaredError = mul(critic.loss, 2);
  const nats = mean(entropy);
  const loss = add(sub(policy.loss, mul(nats, entropyCoef)), mul(squaredError, valueCoef));
  return {
    loss,
    policyLoss: policy.loss,
    valueLoss: squaredError,
    entropy: nats,
    approxKl: mean(sub(sub(policy.ratio, 1), log(policy.ratio))), // k3
    clipFraction: mean(policy.clipped),
  };
}
