import assert from "node:assert/strict";
import { drawingSvg } from "../../lib/widgets/mod.ts";

Deno.test("a point that is not finite breaks a line in two, and its neighbours are not joined", () => {
  const points = [[0, 0], [1, 1], [NaN, NaN], [2, 0], [3, 1]] as const;
  const axis = { title: "x" };
  const svg = drawingSvg({
    panels: [{ x: axis, y: axis, curves: [{ name: "a", points }] }],
    readout: { en: "a", zh: "甲" },
  });
  const [, path] = /d="(M[^"]*)" fill="none"/.exec(svg) ?? [];
  assert.match(path, /^M[\d.,]+L[\d.,]+M[\d.,]+L[\d.,]+$/); // two strokes
  assert.doesNotMatch(svg, /NaN/);
});
