import assert from "node:assert/strict";
import { advantageOf, probabilities, stateValue } from "../../lib/control/mod.ts";
import { answerGradient, baselineNoise, estimatorErrors } from "../../lib/course/mod.ts";

const close = (found: number, wanted: number, within = 1e-12) =>
  assert.ok(Math.abs(found - wanted) < within, `${found}, wanted ${wanted}`);

/** Every answer of three tokens with its probability. */
const answers = Array.from({ length: 64 }, (_, number) => {
  const answer = [number >> 4, (number >> 2) & 3, number & 3];
  return {
    answer,
    probability: answer.reduce((p, token, t) => p * probabilities(answer.slice(0, t))[token], 1),
  };
});

/** Mean of each logit's gradient, and the sum of the variances, over all 64 answers. */
function exactMoments(
  setting: Parameters<typeof answerGradient>[1],
): { mean: number[]; variance: number } {
  const parts = answers.map(({ answer, probability }) => ({
    probability,
    gradient: answerGradient(answer, setting),
  }));
  const expected = (of: (gradient: number) => number) =>
    parts[0].gradient.map((_, logit) =>
      parts.reduce((sum, { probability, gradient }) => sum + probability * of(gradient[logit]), 0)
    );
  const mean = expected((one) => one);
  return {
    mean,
    variance: expected((one) => one ** 2).reduce((sum, s, logit) => sum + s - mean[logit] ** 2, 0),
  };
}

Deno.test("the gradient of one answer is as computed by hand", () => {
  const gradient = answerGradient([0, 1, 3], { baselineOf: () => 0.5, offset: 1 }); // 哪里？ scores 2
  const weight = 2 + 1 - 0.5;
  const wanted = new Array<number>(20).fill(0);
  [1 - 0.4, -0.1, -0.3, -0.2].forEach((g, j) => wanted[j] = weight * g); // 哪 at the start
  [-0.1, 1 - 0.6, -0.1, -0.2].forEach((g, j) => wanted[4 + j] = weight * g); // 里 after 哪
  [-0.1, -0.1, -0.2, 1 - 0.6].forEach((g, j) => wanted[8 + j] = weight * g); // ？ after 里
  gradient.forEach((found, logit) => close(found, wanted[logit]));
});

Deno.test("every baseline leaves the exact mean gradient, whatever is added to the scores", () => {
  const wanted = exactMoments({ baselineOf: () => 0, offset: 0 }).mean;
  close(wanted[0], probabilities([])[0] * advantageOf([], 0)); // pi A
  for (const baselineOf of [() => 7, stateValue, (state: readonly number[]) => state.length]) {
    exactMoments({ baselineOf, offset: 2 }).mean.forEach((found, logit) =>
      close(found, wanted[logit])
    );
  }
});

Deno.test("V removes what is added to the scores; without a baseline the offset multiplies the variance", () => {
  const right = (offset: number) =>
    exactMoments({ baselineOf: (state) => stateValue(state) + offset, offset }).variance;
  const none = (offset: number) => exactMoments({ baselineOf: () => 0, offset }).variance;
  close(right(2), right(0));
  assert.ok(none(2) > 7 * right(2));
  assert.ok(none(0) < 1.1 * right(0)); // V(s_0) is near 0 already
});

Deno.test("sampled means and variances of the gradient are near the exact ones", () => {
  const offset = 2;
  const baselines = [
    () => 0,
    () => stateValue([]) + offset,
    (s: readonly number[]) => stateValue(s) + offset,
  ];
  baselineNoise(offset, { samples: 5000, seed: 3 }).forEach(({ mean, variance }, index) => {
    const exact = exactMoments({ baselineOf: baselines[index], offset });
    close(mean, exact.mean[0], 0.06);
    close(variance / exact.variance, 1, 0.06);
  });
});

Deno.test("with rewards only at the end, a critic that always gives 0 makes the one-step estimate as wrong as A itself", () => {
  const [one, two] = estimatorErrors(0, { samples: 20000, seed: 5 });
  const squares = probabilities([]).reduce(
    (sum, pi, token) => sum + pi * advantageOf([], token) ** 2,
    0,
  );
  close(one.deviation, Math.sqrt(squares), 0.01); // the estimate is 0, its error -A, whose mean is 0
  close(two.deviation, one.deviation);
});
