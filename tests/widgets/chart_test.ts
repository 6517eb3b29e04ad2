import assert from "node:assert/strict";
import { drawingSvg } from "../../lib/widgets/mod.ts";

Deno.test("a point that is not finite breaks a line in two, and its neighbours are not joined", () => {
  const points = [[0, 0], [1, 1], [NaN, NaN], [2, 0], [3, 1]] as const;
  const axis = { title: "x" };
  const svg = drawingSvg({
    panels: [{ x: axis, y: axis, curves: [{ name: "a", points }] }],
    readout: { en: "a", zh: "甲" },
  }, "en");
  const [, path] = /d="(M[^"]*)" fill="none"/.exec(svg) ?? [];
  assert.match(path, /^M[\d.,]+L[\d.,]+M[\d.,]+L[\d.,]+$/); // two strokes
  assert.doesNotMatch(svg, /NaN/);
});

Deno.test("a drawing has its titles, its legend and its readout in one language", () => {
  const x = { title: { en: "ratio", zh: "比率" } }, y = { title: "λ" };
  const curves = [{ name: { en: "clipped", zh: "裁剪" }, points: [[0, 1]] as const }];
  const drawing = { panels: [{ x, y, curves }], readout: { en: "One.", zh: "一。" } };
  const texts = (["en", "zh"] as const).map((language) =>
    drawingSvg(drawing, language).match(/(?<=>|aria-label=")(?:[^<>"]*\p{L}[^<>"]*)(?=<|")/gu)
  );
  assert.deepEqual(texts, [["One.", "ratio", "λ", "clipped"], ["一。", "比率", "λ", "裁剪"]]);
});
