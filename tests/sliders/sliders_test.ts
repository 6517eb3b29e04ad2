import assert from "node:assert/strict";
import { gradientMoments, stateValue } from "../../lib/control/mod.ts";
import { clippedValue, SLIDERS } from "../../lib/sliders/mod.ts";
import type { BarPanel, CurvePanel } from "../../lib/widgets/mod.ts";

const curve = (panel: CurvePanel | BarPanel, index = 0) =>
  "curves" in panel ? panel.curves[index].points : [];

Deno.test("clip: the objective is flat beyond the range on the side where moving on would gain", () => {
  const at = (advantage: number, ratio: number) => {
    const [panel] = SLIDERS.clip.draw({ clipRange: 0.2, advantage, ratio: 1 }).panels;
    return curve(panel).find(([x]) => Math.abs(x - ratio) < 1e-9)?.[1] ?? NaN;
  };
  for (const [advantage, ratio, wanted] of [[1, 1.5, 1.2], [1, 0.5, 0.5], [-1, 0.5, -0.8], [-1, 1.5, -1.5]]) {
    assert.ok(Math.abs(at(advantage, ratio) - wanted) < 1e-6, `${advantage} ${ratio}`);
  }
});

Deno.test("gaeLambda: lambda 0 shows the deltas, lambda 1 the reward minus the value", () => {
  const advantages = (lambda: number) =>
    curve(SLIDERS.gaeLambda.draw({ lambda, gamma: 1 }).panels[0]).map(([, y]) => y);
  const close = (found: number, wanted: number) =>
    assert.ok(Math.abs(found - wanted) < 1e-9, `${found} ${wanted}`);
  close(advantages(0)[0], 0.3 - 0.2);
  close(advantages(0)[7], 1 - 0.6);
  close(advantages(1)[0], 1 - 0.2);
});

Deno.test("paid: raw scores above the clip are paid the same, normalised ones are not", () => {
  const sums = (normalise: number) => {
    const [panel] = SLIDERS.paid.draw({ normalise, mean: 4, deviation: 3, limit: 5 }).panels;
    return curve(panel, 1).map(([, paid]) => paid);
  };
  assert.deepEqual(sums(0), [-1, 3, 5, 5]);
  assert.deepEqual(sums(1), [-5 / 3, -1 / 3, 2 / 3, 3.5 / 3]);
});

Deno.test("klPrice: a low price gives all to the best reward, a high one leaves the reference", () => {
  const policy = (beta: number) => {
    const [panel] = SLIDERS.klPrice.draw({ beta }).panels;
    return "series" in panel ? panel.series[0].values : [];
  };
  assert.ok(policy(0.1)[4] > 0.9); // reward 2
  assert.ok(Math.abs(policy(1e6)[0] - 0.4) < 1e-4); // the reference's own
});

Deno.test("baseline: the curve is the exact variance and stays inside its axis, the mean stands still", () => {
  const at = (baseline: number) => SLIDERS.baseline.draw({ baseline }).panels;
  const [variance, mean] = at(0);
  for (const [b, found] of curve(variance)) {
    assert.equal(found, gradientMoments(b).variance);
    assert.ok(found <= 3, `${b} ${found}`);
  }
  const value = stateValue([]);
  assert.deepEqual(curve(variance, 1), [[value, gradientMoments(value).variance]]);
  const moved = curve(at(2)[1]);
  curve(mean).forEach(([, found], token) => assert.ok(Math.abs(found - moved[token][1]) < 1e-12));
});

Deno.test("valueClip: beyond the range on the return's side the loss is flat, until V is further from R than the clip", () => {
  const token = clippedValue(0.25);
  const at = (value: number) => token({ value, oldValue: 0, target: 1 });
  // 0.25 stands for all V between 0.25 and 1.75: 0.5 (0.25 - 1)^2
  for (const value of [0.5, 1, 1.5]) {
    assert.ok(Math.abs(at(value).loss - 0.28125) < 1e-6, `${value} ${at(value).loss}`);
    assert.equal(at(value).gradient, 0);
  }
  for (const value of [-1, 0, 0.125, 2]) {
    assert.ok(Math.abs(at(value).loss - 0.5 * (value - 1) ** 2) < 1e-6);
    assert.ok(Math.abs(at(value).gradient - (value - 1)) < 1e-6);
  }
});

Deno.test("valueClip: the curves stay inside their axes and say when the clip has stopped the token", () => {
  const { panels: [loss, gradient], readout } = SLIDERS.valueClip.draw({
    value: 0.5,
    oldValue: 0,
    target: 0.8,
    clipRange: 0.2,
  });
  assert.match(readout.en, /stopped/);
  assert.deepEqual(curve(loss, 2), [[0.5, clippedValue(0.2)({ value: 0.5, oldValue: 0, target: 0.8 }).loss]]);
  for (const target of [-1.5, 1.5]) {
    const free = SLIDERS.valueClip.draw({ value: 0, oldValue: 0, target, clipRange: 1 });
    assert.doesNotMatch(free.readout.en, /stopped/);
    for (const [, y] of curve(free.panels[0], 1)) assert.ok(y >= 0 && y <= 4.6, `${y}`);
    for (const [, y] of curve(free.panels[1], 1)) assert.ok(Math.abs(y) <= 3.1, `${y}`);
  }
  assert.equal(curve(gradient, 2)[0][1], 0);
});
