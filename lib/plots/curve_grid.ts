/**
 * Several metrics of several runs as small multiples: one panel for each metric; one colour, dash
 * and marker for each run.
 */

import { columnName, listed, say, titled } from "../text/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { axisName, gridLayout, gridShape } from "./grid_axes.ts";
import { column, countTicks, type Key, xColumn } from "./rows.ts";
import { type FigureOptions, lineTrace } from "./style.ts";

/** One training run: its name in the legend and its rows, one for each update. */
export interface Run<R> {
  /** Its name in the legend. */
  readonly name: string;
  /** Its metrics, in the order of the updates. */
  readonly rows: readonly R[];
}

/** One panel: a column with its name and unit. */
export interface Metric<R> {
  /** The column that is drawn. */
  readonly y: Key<R>;
  /** Name and unit; default: the column's name. */
  readonly title?: string;
  /** "log" for values that differ by factors, all above 0; default "linear". */
  readonly scale?: "linear" | "log";
}

/** Options of `curveGrid`. */
export interface CurveGridOptions<R> extends FigureOptions {
  /** The column along the bottom; default: `update` if the rows have it, else the row's number. */
  readonly x?: Key<R>;
  /** Name and unit of the bottom axes; default: the name of `x`. */
  readonly xTitle?: string;
  /** Panels side by side; default 3, which fit a notebook's width. */
  readonly columns?: number;
}

/**
 * Small multiples. Earlier runs stay visible beside the last.
 *
 * @throws {RangeError} if a run has rows and none has the column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { curveGrid } from "ppo/plots/mod.ts";
 *
 * const rows = [{ update: 1, kl: 0.1, entropy: 3 }, { update: 2, kl: 0.3, entropy: 2 }];
 * const grid = curveGrid([{ name: "kl_coef 0.05", rows }], ["kl", "entropy"], { title: "PPO" });
 * assert.equal(grid.data.length, 2); // one line for each panel
 * ```
 */
export function curveGrid<R extends object>(
  runs: readonly Run<R>[],
  metrics: readonly (Key<R> | Metric<R>)[],
  { title, seed, columns, x: xName, xTitle }: CurveGridOptions<R>,
): Figure {
  const panels = metrics.map((metric) =>
    typeof metric === "string"
      ? { y: metric, title: columnName(metric) }
      : { title: columnName(metric.y), ...metric }
  );
  const data = panels.flatMap(({ y }, place) =>
    runs.map(({ name, rows }, index) =>
      lineTrace(index, {
        width: 1.8,
        size: 5,
        name,
        legendgroup: name,
        showlegend: place === 0,
        x: xColumn(rows, xName).of(rows),
        y: column(rows, y),
        xaxis: axisName("x", place),
        yaxis: axisName("y", place),
      })
    )
  );
  const allRows = runs.flatMap((run) => run.rows);
  const x = xColumn(allRows, xName);
  const layout = gridLayout(panels, {
    title,
    seed,
    shape: gridShape(panels.length, columns),
    xTitle: xTitle ?? columnName(x.name),
    xMore: countTicks(x.of(allRows)),
    legend: runs.length > 1 ? "below" : "none",
  });
  const shown = listed(panels.map((panel) => panel.title)),
    of = listed(runs.map(({ name }) => name));
  return figure(
    data,
    layout,
    titled(title, say({ en: `${shown} of ${of}`, zh: `${of}的${shown}` })),
  );
}
