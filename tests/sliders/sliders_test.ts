import assert from "node:assert/strict";
import { gradientMoments, stateValue } from "../../lib/control/mod.ts";
import { loadEmbedded, openPolicy } from "../../lib/course/mod.ts";
import { distributionOfRow } from "../../lib/lm/mod.ts";
import { BEGINNING, LOGITS, PASSAGE, SEEN, TOKENS } from "../../lib/sliders/next_token_logits.ts";
import { clippedValue, SLIDERS } from "../../lib/sliders/mod.ts";
import { type BarPanel, type CurvePanel, drawingSvg } from "../../lib/widgets/mod.ts";

const curve = (panel: CurvePanel | BarPanel, index = 0) =>
  "curves" in panel ? panel.curves[index].points : [];

Deno.test("clip: the objective is flat beyond the range on the side where moving on would gain", () => {
  const at = (advantage: number, ratio: number) => {
    const [panel] = SLIDERS.clip.draw({ clipRange: 0.2, advantage, ratio: 1 }).panels;
    return curve(panel).find(([x]) => Math.abs(x - ratio) < 1e-9)?.[1] ?? NaN;
  };
  for (
    const [advantage, ratio, wanted] of [[1, 1.5, 1.2], [1, 0.5, 0.5], [-1, 0.5, -0.8], [
      -1,
      1.5,
      -1.5,
    ]]
  ) {
    assert.ok(Math.abs(at(advantage, ratio) - wanted) < 1e-6, `${advantage} ${ratio}`);
  }
});

Deno.test("clip: the gradient's line has a gap where it falls to 0, and reaches the edge on both sides", () => {
  for (const [advantage, edge] of [[1, 1.2], [-1, 0.8]]) {
    const [, panel] = SLIDERS.clip.draw({ clipRange: 0.2, advantage, ratio: 1 }).panels;
    const points = curve(panel), gap = points.findIndex((point) => !point.every(Number.isFinite));
    const [left, right] = [points[gap - 1], points[gap + 1]];
    assert.ok(
      edge - left[0] > 0 && right[0] - edge > 0 && right[0] - left[0] < 0.001,
      `${left} ${right}`,
    );
    const [inside, outside] = advantage > 0 ? [left[1], right[1]] : [right[1], left[1]];
    assert.ok(Math.abs(inside - advantage * edge) < 0.001 && outside === 0, `${inside} ${outside}`);
    assert.deepEqual(
      points.map(([x]) => x).filter(Number.isFinite),
      points.map(([x]) => x).filter(Number.isFinite).toSorted((a, b) => a - b),
    );
  }
});

Deno.test("gaeLambda: lambda 0 shows the deltas, lambda 1 the reward minus the value", () => {
  const advantages = (lambda: number) =>
    curve(SLIDERS.gaeLambda.draw({ lambda, gamma: 1 }).panels[0]).map(([, y]) => y);
  const close = (found: number, wanted: number) =>
    assert.ok(Math.abs(found - wanted) < 1e-9, `${found} ${wanted}`);
  close(advantages(0)[0], 0.3 - 0.2);
  close(advantages(0)[7], 1 - 0.6);
  const deltas = curve(SLIDERS.gaeLambda.draw({ lambda: 0.5, gamma: 1 }).panels[0], 2).map((
    [, y],
  ) => y);
  assert.deepEqual(deltas, advantages(0)); // whatever lambda
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

Deno.test("baseline: the tokens are marked by name, and by nothing between them", () => {
  const { panels: [, mean], readout } = SLIDERS.baseline.draw({ baseline: 0 });
  const svg = drawingSvg({ panels: [mean], readout }, "en");
  const marks = [...svg.matchAll(/text-anchor="middle" fill="#444">([^<]*)</g)].map(([, mark]) =>
    mark
  );
  assert.deepEqual(marks, ["哪", "里", "谁", "？"]);
});

const plain = { temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 };
const barsOf = (settings: typeof plain) =>
  SLIDERS.sampling.draw(settings).panels.map((panel) => "series" in panel ? panel.series : []);

Deno.test("sampling: its numbers are the embedded model's, to a thousandth", async () => {
  const embedded = await loadEmbedded();
  const model = await openPolicy(embedded);
  const state = [...model.promptOf(PASSAGE), ...embedded.tokenizer.encode(BEGINNING)];
  const logits = await model.logitsAfter(state);
  const order = logits.map((_, id) => id).toSorted((a, b) => logits[b] - logits[a]);
  assert.deepEqual(
    order.slice(0, TOKENS.length).map((id) => embedded.tokenizer.tokenOf(id)),
    TOKENS,
  );
  assert.equal(LOGITS.length, logits.length);
  order.forEach((id, place) =>
    assert.ok(Math.abs(LOGITS[place] - logits[id]) < 1e-3, `place ${place}`)
  );
  const seen = new Set(SEEN);
  const wrong = order.slice(0, 100).filter((id, place) => seen.has(place) !== state.includes(id));
  assert.deepEqual(wrong, []);
  assert.equal(seen.size, new Set(state).size);
});

Deno.test("sampling: without settings nothing is bent; top-k 3 draws three tokens, whose ratio is the mass they had", () => {
  const [[own, drawn], [ratio]] = barsOf(plain);
  assert.deepEqual(drawn.values, own.values);
  assert.ok(ratio.values.every((value) => value === 0));
  const [[, three], [scored]] = barsOf({ ...plain, topK: 3 });
  assert.deepEqual(three.values.map((value) => value > 0), TOKENS.map((_, place) => place < 3));
  const mass = own.values[0] + own.values[1] + own.values[2];
  for (const place of [0, 1, 2]) assert.ok(Math.abs(scored.values[place] - Math.log(mass)) < 1e-9);
});

Deno.test("sampling: the penalty takes from tokens that stand in the text, a low temperature gives to the first", () => {
  const penalised = distributionOfRow(LOGITS, {
    repetitionPenalty: 1.4,
    seen: LOGITS.map((_, place) => SEEN.includes(place)),
  }).logProbs;
  const [[own, drawn]] = barsOf({ ...plain, repetitionPenalty: 1.4 });
  assert.deepEqual(drawn.values, penalised.slice(0, TOKENS.length).map(Math.exp));
  assert.ok(drawn.values[0] < own.values[0] && drawn.values[3] > own.values[3]); // 流 stands in the text, 全 does not
  const [[, cold]] = barsOf({ ...plain, temperature: 0.5 });
  assert.ok(cold.values[0] > own.values[0] && cold.values[7] < own.values[7]);
});

Deno.test("sampling: no bar leaves its panel, whatever the settings", () => {
  for (const temperature of [0.5, 1, 3]) {
    for (const topK of [0, 1, 20]) {
      for (const topP of [0.05, 0.5, 1]) {
        for (const repetitionPenalty of [1, 2]) {
          const [bars, [ratio]] = barsOf({ temperature, topK, topP, repetitionPenalty });
          assert.ok(bars.every(({ values }) => values.every((value) => value >= 0 && value <= 1)));
          const outside = ratio.values.filter((value) => value < -4 || value > 10);
          assert.deepEqual(
            outside,
            [],
            JSON.stringify({ temperature, topK, topP, repetitionPenalty }),
          );
        }
      }
    }
  }
});
Deno.test("valueClip: beyond the range on the return's side the loss is flat, until V is further from G than the clip", () => {
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

Deno.test("valueClip: the gradient's line has a gap at both ends of its flat stretch, and none without one", () => {
  const gradientAt = (oldValue: number, target: number, clipRange: number) =>
    curve(SLIDERS.valueClip.draw({ value: 0, oldValue, target, clipRange }).panels[1]);
  // the range ends at 0.25, 0.25 from G; 0.75 is as far beyond it. And the mirror image.
  for (const sign of [1, -1]) {
    const points = gradientAt(0, sign * 0.5, 0.25);
    const gaps = points.flatMap(([x], index) => Number.isNaN(x) ? [index] : []);
    const edges = [0.25, 0.75].map((edge) => sign * edge).sort((a, b) => a - b);
    assert.equal(gaps.length, 2);
    gaps.forEach((gap, index) => {
      const [left, right] = [points[gap - 1], points[gap + 1]];
      assert.ok(left[0] < edges[index] && edges[index] < right[0] && right[0] - left[0] < 0.001);
      const [flat, steep] = index === 0 ? [right[1], left[1]] : [left[1], right[1]];
      assert.equal(flat, 0);
      assert.ok(Math.abs(steep - (index === 0 ? -0.25 : 0.25)) < 0.001, `${steep}`);
    });
    const xs = points.map(([x]) => x).filter(Number.isFinite);
    assert.deepEqual(xs, xs.toSorted((a, b) => a - b));
  }
  assert.ok(gradientAt(0.1, 0.3, 0.2).every(([x]) => Number.isFinite(x))); // G at the edge: no jump
  assert.equal(gradientAt(0, 1.5, 0.25).filter(([x]) => Number.isNaN(x)).length, 1); // the other lies outside
});

Deno.test("valueClip: the curves stay inside their axes and say when the clip has stopped the token", () => {
  const { panels: [loss, gradient], readout } = SLIDERS.valueClip.draw({
    value: 0.5,
    oldValue: 0,
    target: 0.8,
    clipRange: 0.2,
  });
  assert.match(readout.en, /stopped/);
  assert.deepEqual(curve(loss, 2), [[
    0.5,
    clippedValue(0.2)({ value: 0.5, oldValue: 0, target: 0.8 }).loss,
  ]]);
  for (const target of [-1.5, 1.5]) {
    const free = SLIDERS.valueClip.draw({ value: 0, oldValue: 0, target, clipRange: 1 });
    assert.doesNotMatch(free.readout.en, /stopped/);
    for (const [, y] of curve(free.panels[0], 1)) assert.ok(y >= 0 && y <= 4.6, `${y}`);
    for (const [, y] of curve(free.panels[1], 1)) assert.ok(Math.abs(y) <= 3.1, `${y}`);
  }
  assert.equal(curve(gradient, 2)[0][1], 0);
});
