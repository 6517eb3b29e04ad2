/** Several metrics of several runs as small multiples: one panel a metric, one colour, dash and marker a run. */

import { type Figure, figure } from "./figure.ts";
import { axisName, gridAxes } from "./grid_axes.ts";
import type { Trace } from "./specification.ts";
import { column, countTicks, type Key, xColumn } from "./rows.ts";
import { frame, seriesStyle } from "./style.ts";

/** One training run: its name in the legend and its rows, one an update. */
export interface Run<R> {
  /** What the legend calls it. */
  readonly name: string;
  /** Its metrics, in the order of the updates. */
  readonly rows: readonly R[];
}

/** One panel: the column, and what it is called and measured in. */
export interface Metric<R> {
  /** The column that is drawn. */
  readonly y: Key<R>;
  /** Name and unit; default: the column's name. */
  readonly title?: string;
  /** "log" for values that differ by factors, all above 0; default "linear". */
  readonly scale?: "linear" | "log";
}

/** Options of `curveGrid`. */
export interface CurveGridOptions<R> {
  /** The figure's sentence. */
  readonly title: string;
  /** The column along the bottom; default: `update` if the rows have it, else the row's number. */
  readonly x?: Key<R>;
  /** Name and unit of the bottom axes; default: the name of `x`. */
  readonly xTitle?: string;
  /** Panels side by side; default 3, which a notebook's width holds. */
  readonly columns?: number;
  /** Added to the title. */
  readonly seed?: number | string;
}

/**
 * Small multiples, e.g. `curveGrid([{ name: "kl_coef 0.05", rows }], ["mean_reward", { y: "kl", title: "KL (nats)" }],
 * { title: "PPO" })`. Runs that were made earlier stay visible beside the last.
 *
 * @throws {RangeError} when a run has rows and none has the column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { curveGrid } from "./curve_grid.ts";
 *
 * const rows = [{ update: 1, kl: 0.1, entropy: 3 }, { update: 2, kl: 0.3, entropy: 2 }];
 * const grid = curveGrid([{ name: "kl_coef 0.05", rows }], ["kl", "entropy"], { title: "PPO" });
 * assert.equal(grid.data.length, 2); // one line a panel
 * ```
 */
export function curveGrid<R extends object>(
  runs: readonly Run<R>[],
  metrics: readonly (Key<R> | Metric<R>)[],
  options: CurveGridOptions<R>,
): Figure {
  const { title, seed, columns = 3 } = options;
  const panels = metrics.map((metric) =>
    typeof metric === "string" ? { y: metric, title: metric } : metric
  );
  const across = Math.max(1, Math.min(columns, panels.length));
  const down = Math.ceil(panels.length / across);
  const data = panels.flatMap((panel, place) =>
    runs.map((run, index) =>
      line({ run, index, panel, place, x: xColumn(run.rows, options.x).of(run.rows) })
    )
  );
  const allRows = runs.flatMap((run) => run.rows);
  const x = xColumn(allRows, options.x);
  const layout = {
    ...frame({ title, seed, width: 80 + 290 * across, height: 90 + 215 * down }),
    ...gridAxes(panels.map(({ y, title = y, scale }) => ({ title, scale })), {
      across,
      xTitle: options.xTitle ?? x.name,
      xMore: countTicks(x.of(allRows)),
    }),
    showlegend: runs.length > 1,
    legend: {
      orientation: "h",
      x: 0.5,
      xanchor: "center",
      y: -54 / (215 * down - 58),
      yanchor: "top",
    },
    margin: { l: 56, r: 20, t: 64, b: runs.length > 1 ? 84 : 50 },
  };
  const names = panels.map((panel) => panel.title ?? panel.y).join(", ");
  return figure(data, layout, `${title}: ${names} of ${runs.map((run) => run.name).join(", ")}`);
}

interface LineParts<R> {
  readonly run: Run<R>;
  /** Which run, and so which colour. */
  readonly index: number;
  readonly panel: Metric<R>;
  /** Which panel, counted in reading order. */
  readonly place: number;
  readonly x: readonly (number | null)[];
}

function line<R extends object>({ run, index, panel, place, x }: LineParts<R>): Trace {
  const { color, dash, symbol } = seriesStyle(index);
  return {
    type: "scatter",
    mode: "lines+markers",
    name: run.name,
    legendgroup: run.name,
    showlegend: place === 0,
    x,
    y: column(run.rows, panel.y),
    xaxis: axisName("x", place),
    yaxis: axisName("y", place),
    line: { color, dash, width: 1.8 },
    marker: { color, symbol, size: 5 },
  };
}
