/** Small multiples of means with the spread around them, e.g. of runs that differ in their seed: a line and a pale band each. */

import { type Figure, figure } from "./figure.ts";
import { axisName, gridAxes, panelBox } from "./grid_axes.ts";
import { countTicks } from "./rows.ts";
import type { Layout, Trace } from "./specification.ts";
import { bandBetween, frame, seriesStyle } from "./style.ts";

/** A number that is null leaves a gap. */
export type Numbers = readonly (number | null)[];

/** One line with its band. */
export interface Band {
  /** What the legend calls it; the same name has the same colour in a row of panels. */
  readonly name: string;
  /** Along the bottom. */
  readonly x: Numbers;
  /** The line. */
  readonly mean: Numbers;
  /** The band's lower edge; no band where it is missing. */
  readonly low?: Numbers;
  /** The band's upper edge. */
  readonly high?: Numbers;
}

/** One panel. */
export interface BandPanel {
  /** What it shows, and its unit. */
  readonly title: string;
  /** Name of its bottom axis, if it is not that of the others. */
  readonly xTitle?: string;
  /** What is drawn, the first one lowest. */
  readonly bands: readonly Band[];
}

/** Options of `bandGrid`. */
export interface BandGridOptions {
  /** The figure's sentence. */
  readonly title: string;
  /** Name of the bottom axes. */
  readonly xTitle: string;
  /** Panels side by side; default 3. */
  readonly columns?: number;
}

/**
 * Small multiples. Rows of panels that show the same names share a legend below; else each row has its own beside it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bandGrid } from "./band_grid.ts";
 *
 * const band = { name: "kl_coef 0.05", x: [1, 2], mean: [3, 4], low: [2, 3], high: [4, 6] };
 * const grid = bandGrid([{ title: "KL (nats)", bands: [band] }], { title: "PPO", xTitle: "update" });
 * assert.equal(grid.text, "PPO: KL (nats) of kl_coef 0.05");
 * ```
 */
export function bandGrid(
  panels: readonly BandPanel[],
  { title, xTitle, columns = 3 }: BandGridOptions,
): Figure {
  const across = Math.max(1, Math.min(columns, panels.length));
  const rows = Array.from(
    { length: Math.ceil(panels.length / across) },
    (_, row) => namesOf(panels, row, across),
  );
  const shared = rows.every((names) => names.join() === rows[0].join());
  const xs = panels.filter(({ xTitle }) => xTitle === undefined).flatMap(({ bands }) =>
    bands.flatMap(({ x }) => x)
  );
  const data = panels.flatMap(({ bands }, place) => {
    const row = Math.floor(place / across);
    const legend = shared || row === 0 ? "legend" : `legend${row + 1}`;
    const first = shared ? place === 0 : place % across === 0;
    return bands.flatMap((band) =>
      drawn(band, { index: rows[row].indexOf(band.name), place, legend, showlegend: first })
    );
  });
  const [right, below] = shared ? [20, 84] : [130, 50];
  const height = 90 + 215 * rows.length;
  const layout = {
    ...frame({
      title,
      width: 60 + right + (shared ? 290 : 255) * across,
      height: shared ? height + 20 : height,
    }),
    ...gridAxes(panels, { across, xTitle, xMore: countTicks(xs) }),
    ...shared
      ? legendBelow(rows.length)
      : legendsBeside(rows.length, { across, panels: panels.length }),
    margin: { l: 56, r: right, t: 64, b: below },
  };
  const names = [...new Set(rows.flat())].join(", ");
  return figure(
    data,
    layout,
    `${title}: ${panels.map((panel) => panel.title).join(", ")} of ${names}`,
  );
}

/** The names of a row of panels, in the order of their first appearance. */
function namesOf(panels: readonly BandPanel[], row: number, across: number): string[] {
  const inRow = panels.slice(row * across, (row + 1) * across);
  return [...new Set(inRow.flatMap(({ bands }) => bands.map(({ name }) => name)))];
}

const legendBelow = (rows: number): Layout => ({
  showlegend: true,
  legend: {
    orientation: "h",
    x: 0.5,
    xanchor: "center",
    y: -54 / (215 * rows - 58),
    yanchor: "top",
  },
});

function legendsBeside(
  rows: number,
  { across, panels }: { across: number; panels: number },
): Layout {
  const legends = Array.from({ length: rows }, (_, row) => {
    const { top } = panelBox(row * across, { across, panels });
    return [axisName("legend", row), { x: 1.01, xanchor: "left", y: top, yanchor: "top" }] as const;
  });
  return { showlegend: true, ...Object.fromEntries(legends) };
}

interface Place {
  /** Which colour. */
  readonly index: number;
  /** Which panel. */
  readonly place: number;
  readonly legend: string;
  readonly showlegend: boolean;
}

/** Markers of a line at most: a second sign beside its colour, and half of a picture's bytes if every point has one. */
const MARKERS = 5;

/** The band first, so that the line lies above it. */
function drawn(
  { name, x, mean, low, high }: Band,
  { index, place, legend, showlegend }: Place,
): Trace[] {
  const { color, dash, symbol } = seriesStyle(index);
  const axes = {
    xaxis: axisName("x", place),
    yaxis: axisName("y", place),
    legend,
    legendgroup: name,
  };
  const line: Trace = {
    type: "scatter",
    mode: "lines+markers",
    name,
    ...axes,
    showlegend,
    x,
    y: mean,
    line: { color, dash, width: 1.8 },
    marker: { color, symbol, size: 5, maxdisplayed: MARKERS },
  };
  if (low === undefined || high === undefined) return [line];
  const edges = x.map((_, index) => ({ low: low[index], high: high[index] }));
  return [...bandBetween(edges, ["low", "high"], { color, ...axes, x }), line];
}
