/**
 * One whole update from the same rollout, compared with PyTorch. The fixture is made by
 * `scripts/fixtures/agent_update.py`.
 */
import assert from "node:assert/strict";
import {
  agentConfig,
  type AgentDesign,
  createLearner,
  type Experience,
  updateAgent,
} from "ppo/agent/mod.ts";
import { vectorGae } from "ppo/control/mod.ts";
import { readSafetensors } from "ppo/files/mod.ts";
import { openDevice } from "ppo/runtime/mod.ts";
import reference from "../fixtures/agent_update.json" with { type: "json" };

const path = new URL("../fixtures/agent_update.safetensors", import.meta.url).pathname;
const arrays = await readSafetensors(path);
const config = agentConfig(reference.settings);
const device = await openDevice("cpu", { threads: 1 });

const numbers = (name: string): Float32Array =>
  Float32Array.from(arrays.get(name)?.data ?? assert.fail(name));

/** The rows of a matrix with two columns, one for each environment. */
const rows = (name: string): Float32Array[] => {
  const all = numbers(name);
  return Array.from({ length: all.length / 2 }, (_, t) => all.subarray(2 * t, 2 * t + 2));
};

const flags = (name: string) => rows(name).map((row) => Uint8Array.from(row));

const KINDS = { categorical: 3, gaussian: 2, "state-dependent": 2 } as const;

const designs = (["categorical", "gaussian", "state-dependent"] as const).map((
  kind,
): AgentDesign => ({
  kind,
  observationSize: 3,
  outputSize: KINDS[kind],
  actionSize: kind === "categorical" ? 1 : KINDS[kind],
  hidden: config.hidden,
  activation: "tanh",
  initialLogStd: 0,
  fixedStd: false,
}));

/** Advantages and returns of the steps that are experience, in the order of the rollout. */
function estimates(kind: string): Pick<Experience, "advantages" | "returns"> {
  const [terminated, truncated, started] = ["terminated", "truncated", "started"].map(flags);
  const steps = rows("rewards").map((rewards, t) => ({
    rewards: Float64Array.from(rewards),
    terminated: terminated[t],
    truncated: truncated[t],
    started: started[t],
  }));
  const gae = vectorGae({ ...config, steps, values: rows(`${kind}.values`) });
  const mask = gae.mask.flat();
  const pick = (values: readonly number[][]) =>
    Float32Array.from(values.flat().filter((_, place) => mask[place] === 1));
  return { advantages: pick(gae.advantages), returns: pick(gae.returns) };
}

function assertClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  assert.equal(found.length, wanted.length);
  const errors = Array.from(wanted, (value, at) => Math.abs(found[at] - value));
  assert.ok(Math.max(...errors) <= tolerance, `largest error ${Math.max(...errors)}`);
}

for (const design of designs) {
  const { kind } = design;
  Deno.test(`advantages of a ${kind} agent agree with PyTorch's`, () => {
    const { advantages, returns } = estimates(kind);
    assertClose(advantages, numbers(`${kind}.advantages`), 1e-5);
    assertClose(returns, numbers(`${kind}.returns`), 1e-5);
  });

  Deno.test(`a whole update of a ${kind} agent agrees with PyTorch's`, async () => {
    const learner = await createLearner(device, design, config);
    const before = numbers(`${kind}.before`), zeros = new Float32Array(before.length);
    await learner.restore({ step: 0, parameters: before, first: zeros, second: zeros });
    const experience = {
      ...estimates(kind),
      count: numbers(`${kind}.returns`).length,
      observations: numbers(`${kind}.observations`),
      actions: numbers(`${kind}.actions`),
      logProbs: numbers(`${kind}.log_probs`),
      values: new Float32Array(zeros.length), // unused without value clipping
    };
    const inOrder = () => 1 - 2 ** -53; // with which a shuffle changes nothing
    const options = { ...config, design, random: inOrder };
    const steps = await Array.fromAsync(updateAgent(learner, experience, options));
    assertClose(steps.map(({ loss }) => loss), reference.losses[kind], 1e-5);
    const { parameters } = await learner.state();
    assertClose(parameters, numbers(`${kind}.after`), 1e-5);
    const moved = Math.max(...parameters.map((value, at) => Math.abs(value - before[at])));
    assert.ok(moved > 0.03, "six steps of 0.01 move a parameter further than the tolerance");
  });
}
