/** Draws the actions of an agent, and chooses the best ones. */
import {
  type Box,
  clipToBox,
  type Discrete,
  drawChoice,
  drawNoiseMatrix,
  drawVector,
  noiseAt,
} from "../control/mod.ts";
import type { Random } from "../random/mod.ts";
import type { AgentDesign } from "./design.ts";

/** What the actor computes for several observations. */
export interface ActorOutputs {
  /** Logits or means, side by side. */
  readonly outputs: Float32Array;
  /** The features of gSDE, side by side. */
  readonly features: Float32Array | undefined;
}

/** Draws actions. */
export interface Explorer {
  /** Draws the noise matrix of each environment again, for gSDE. */
  renew(parameters: Float32Array): void;
  /** Draws an action for each environment, side by side. */
  draw(outputs: ActorOutputs): Float32Array<ArrayBuffer>;
}

/** The log standard deviations, which are the last parameters. */
function logStdOf(
  parameters: Float32Array,
  { kind, actionSize, hidden, fixedStd, initialLogStd }: AgentDesign,
): Float32Array {
  if (fixedStd) return new Float32Array(actionSize).fill(initialLogStd);
  const size = kind === "categorical" ? 0 : actionSize * (kind === "gaussian" ? 1 : hidden);
  return parameters.subarray(parameters.length - size);
}

/** Creates an explorer, whose `renew` must be called before it draws and after each update. */
export function createExplorer(
  design: AgentDesign,
  { envs, random }: { readonly envs: number; readonly random: Random },
): Explorer {
  const { kind, outputSize, actionSize, hidden } = design;
  let logStd = new Float32Array(0);
  let matrices: readonly Float64Array[] = [];
  const drawOne = ({ outputs, features }: ActorOutputs, env: number): ArrayLike<number> => {
    const own = outputs.subarray(env * outputSize, (env + 1) * outputSize);
    if (kind === "categorical") return [drawChoice(own, random)];
    if (features === undefined) return drawVector({ means: own, logStd }, random);
    const noise = noiseAt(features.subarray(env * hidden, (env + 1) * hidden), matrices[env]);
    return own.map((mean, at) => mean + noise[at]);
  };
  return {
    renew(parameters) {
      logStd = Float32Array.from(logStdOf(parameters, design));
      if (kind !== "state-dependent") return;
      matrices = Array.from({ length: envs }, () => drawNoiseMatrix(logStd, random));
    },
    draw(all) {
      const actions = new Float32Array(envs * actionSize);
      for (let env = 0; env < envs; env++) actions.set(drawOne(all, env), env * actionSize);
      return actions;
    },
  };
}

/**
 * The actions without exploration, side by side: the most likely choices, or the means.
 *
 * @example
 * ```ts
 * import { bestActions } from "ppo/agent/mod.ts";
 * import assert from "node:assert/strict";
 * const logits = Float32Array.of(1, 2, 5, 3); // of two observations
 * assert.deepEqual([...bestActions(logits, { kind: "categorical", outputSize: 2 })], [1, 0]);
 * ```
 */
export function bestActions(
  outputs: Float32Array,
  { kind, outputSize }: Pick<AgentDesign, "kind" | "outputSize">,
): Float32Array {
  if (kind !== "categorical") return outputs;
  return Float32Array.from({ length: outputs.length / outputSize }, (_, at) => {
    const logits = outputs.subarray(at * outputSize, (at + 1) * outputSize);
    return logits.reduce((best, logit, choice) => logit > logits[best] ? choice : best, 0);
  });
}

/** The actions as the environments take them: vectors are clipped to the bounds of the space. */
export function takenActions(actions: Float32Array, space: Discrete | Box): Float32Array {
  if (space.kind === "discrete") return actions;
  const { size } = space;
  const taken = new Float32Array(actions.length);
  for (let at = 0; at < actions.length; at += size) {
    taken.set(clipToBox(space, actions.subarray(at, at + size)), at);
  }
  return taken;
}
