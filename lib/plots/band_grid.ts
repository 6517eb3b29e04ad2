/**
 * Small multiples of means and the spread around them, e.g. of runs that differ in their seed: a
 * line and a pale band each.
 */

import { listed, say, titled } from "../text/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { axisName, gridLayout, gridShape, panelBox } from "./grid_axes.ts";
import type { GridPanel, GridShape } from "./grid_axes.ts";
import { countTicks } from "./rows.ts";
import { bandBetween, type Layout, lineTrace, type Trace } from "./style.ts";

/** Numbers of a line; null leaves a gap. */
export type Numbers = readonly (number | null)[];

/** One line with its band. */
export interface Band {
  /** Its name in the legend; the same name has the same colour in a row of panels. */
  readonly name: string;
  /** Along the bottom. */
  readonly x: Numbers;
  /** The line. */
  readonly mean: Numbers;
  /** The band's lower edge; without it no band is drawn. */
  readonly low?: Numbers;
  /** The band's upper edge. */
  readonly high?: Numbers;
}

/** One panel. */
export interface BandPanel extends Omit<GridPanel, "scale"> {
  /** What is drawn, the first one lowest. */
  readonly bands: readonly Band[];
}

/**
 * Small multiples. Rows of panels that show the same names share a legend below; otherwise each
 * row has its own beside it.
 *
 * @param panels the panels, row by row
 * @param options.title the figure's sentence
 * @param options.xTitle name of the bottom axes
 * @param options.columns panels side by side; default 3
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bandGrid } from "ppo/plots/mod.ts";
 *
 * const band = { name: "kl_coef 0.05", x: [1, 2], mean: [3, 4], low: [2, 3], high: [4, 6] };
 * const panels = [{ title: "KL (nats)", bands: [band] }];
 * const grid = bandGrid(panels, { title: "PPO", xTitle: "update" });
 * assert.equal(grid.text, "PPO: KL (nats) of kl_coef 0.05");
 * ```
 */
export function bandGrid(
  panels: readonly BandPanel[],
  { title, xTitle, columns }: { title: string; xTitle: string; columns?: number },
): Figure {
  const shape = gridShape(panels.length, columns);
  const rows = Array.from({ length: shape.down }, (_, row) => namesOf(panels, row, shape.across));
  const shared = rows.every((names) => names.join() === rows[0].join());
  const data = panels.flatMap(({ bands }, place) => {
    const row = Math.floor(place / shape.across);
    const legend = axisName("legend", shared ? 0 : row);
    const showlegend = shared ? place === 0 : place % shape.across === 0;
    const axes = { xaxis: axisName("x", place), yaxis: axisName("y", place), legend };
    return bands.flatMap((band) =>
      bandTraces(band, rows[row].indexOf(band.name), axes, showlegend)
    );
  });
  const xs = panels.filter(({ xTitle }) => xTitle === undefined)
    .flatMap(({ bands }) => bands.flatMap(({ x }) => x));
  const legend = shared ? "below" : "beside";
  const layout = gridLayout(panels, { title, shape, xTitle, xMore: countTicks(xs), legend });
  const of = listed([...new Set(rows.flat())]), drawn = listed(panels.map(({ title }) => title));
  return figure(
    data,
    shared ? { ...layout, height: 110 + 215 * shape.down } : { ...layout, ...legendsBeside(shape) },
    titled(title, say({ en: `${drawn} of ${of}`, zh: `${of}的${drawn}` })),
  );
}

/** The names of a row of panels, in the order of their first appearance. */
function namesOf(panels: readonly BandPanel[], row: number, across: number): string[] {
  const inRow = panels.slice(row * across, (row + 1) * across);
  return [...new Set(inRow.flatMap(({ bands }) => bands.map(({ name }) => name)))];
}

const legendsBeside = (shape: GridShape): Layout =>
  Object.fromEntries(Array.from({ length: shape.down }, (_, row) => {
    const { top } = panelBox(row * shape.across, shape);
    return [axisName("legend", row), { x: 1.01, xanchor: "left", y: top, yanchor: "top" }];
  }));

/** The band comes first, so that the line lies above it. */
function bandTraces(
  { name, x, mean, low, high }: Band,
  index: number,
  axes: Layout,
  showlegend: boolean,
): Trace[] {
  const common = { ...axes, legendgroup: name, x };
  // a few markers are enough as a second sign beside the colour; one at every point would double
  // the picture's bytes
  const style = { width: 1.8, size: 5, marker: { maxdisplayed: 5 } };
  const line = lineTrace(index, { ...style, name, ...common, showlegend, y: mean });
  if (low === undefined || high === undefined) return [line];
  const edges = x.map((_, index) => ({ low: low[index], high: high[index] }));
  return [...bandBetween(edges, ["low", "high"], { index, ...common }), line];
}
