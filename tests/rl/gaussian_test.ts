import assert from "node:assert/strict";
import { gaussianEntropy, gaussianLogProbs } from "ppo/rl/mod.ts";
import { evaluate, input } from "ppo/tensor/mod.ts";
import { checkGrads } from "../helpers/check_grads.ts";
import { array, assertClose, type Numbers } from "../helpers/close.ts";
import { floats } from "../helpers/samples.ts";

const LOG_2_PI = Math.log(2 * Math.PI);

/** Log-densities of a batch of actions of two numbers. */
function logProbsOf(
  { means, logStd, actions }: Readonly<Record<"means" | "logStd" | "actions", Numbers>>,
): number[] {
  const axes = { batch: 2, action: 2 };
  const logProbs = gaussianLogProbs({
    means: input("means", axes),
    logStd: input("logStd", { action: 2 }),
    actions: input("actions", axes),
  }, "action");
  const feeds = { means: array(means), logStd: array(logStd), actions: array(actions) };
  return Array.from(evaluate([logProbs], feeds)[0].data, Number);
}

Deno.test("the log-density adds one term for each number of the action", () => {
  const found = logProbsOf({
    means: [[1, -2], [0, 0]],
    logStd: [Math.log(2), Math.log(0.5)],
    actions: [[3, -1], [0, 0]],
  });
  // ((3 - 1) / 2)^2 = 1 and ((-1 - -2) / 0.5)^2 = 4; log 2 + log 0.5 = 0; two times log(2 pi) / 2
  assertClose(found, [-1 / 2 - 4 / 2 - LOG_2_PI, -LOG_2_PI]);
});

Deno.test("the density integrates to 1, and minus its mean logarithm is the entropy", () => {
  const logStd = 0.3, sigma = Math.exp(logStd), step = 0.01;
  const points = Array.from({ length: 4000 }, (_, at) => (at - 2000) * step); // -20 to 20
  const batch = { batch: points.length, action: 1 };
  const logProbs = gaussianLogProbs({
    means: input("means", batch),
    logStd: input("logStd", { action: 1 }),
    actions: input("actions", batch),
  }, "action");
  const row = (numbers: readonly number[]) => array(numbers.map((x) => [x]));
  const entropy = gaussianEntropy(input("logStd", { action: 1 }));
  const [densities, nats] = evaluate([logProbs, entropy], {
    means: row(points.map(() => 1.5)),
    logStd: array([logStd]),
    actions: row(points),
  });
  const logs = Array.from(densities.data, Number);
  assertClose(logs.reduce((sum, log) => sum + Math.exp(log) * step, 0), 1, 1e-9);
  const mean = logs.reduce((sum, log) => sum - Math.exp(log) * log * step, 0);
  assertClose(mean, Number(nats.data[0]), 1e-9);
  assertClose(mean, Math.log(sigma * Math.sqrt(2 * Math.PI * Math.E)), 1e-9);
});

Deno.test("the gradients of density and entropy are their slopes", () => {
  const samples = {
    means: floats({ batch: 3, action: 2 }, { seed: 1 }),
    logStd: floats({ action: 2 }, { seed: 2 }),
    actions: floats({ batch: 3, action: 2 }, { seed: 3 }),
  };
  checkGrads((inputs) => gaussianLogProbs(inputs, "action"), samples);
  checkGrads(({ logStd }) => gaussianEntropy(logStd), { logStd: samples.logStd });
});

Deno.test("means and standard deviations of different sizes are refused", () => {
  const means = input("means", { batch: 1, action: 2 });
  const logStd = input("logStd", { action: 3 });
  assert.throws(
    // @ts-expect-error two means, three standard deviations
    () => gaussianLogProbs({ means, logStd, actions: means }, "action"),
    RangeError,
  );
});
