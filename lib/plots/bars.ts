/**
 * Named numbers as horizontal bars, e.g. the probabilities of the next token; labels may be
 * Chinese.
 */

import { columnName, listed, say, titled } from "../text/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { column, type Key, short } from "./rows.ts";
import { axis, type FigureOptions, frame, type Layout, seriesStyle, type Trace } from "./style.ts";

/** Options of `bars`; the names are columns of the rows. */
export interface BarsOptions<R> extends FigureOptions {
  /** The column with the names of the bars. */
  readonly label: Key<R>;
  /** The column with their lengths. */
  readonly value: Key<R>;
  /** Name and unit of the lengths; default: the name of the column `value`. */
  readonly valueTitle?: string;
  /** What the bars are, e.g. "next token"; default: the name of `label`. */
  readonly labelTitle?: string;
  /**
   * The column that distinguishes groups, e.g. before and after: bars side by side in two colours.
   */
  readonly seriesBy?: Key<R>;
  /** Draws groups end to end instead of side by side: parts of a whole, with the sum at the end. */
  readonly stacked?: boolean;
}

/**
 * Horizontal bars, the first row on top.
 *
 * @throws {RangeError} if there are rows and none has the column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bars } from "ppo/plots/mod.ts";
 *
 * const next = [{ token: "江", probability: 0.75 }, { token: "城", probability: 0.25 }];
 * const figure = bars(next, { label: "token", value: "probability", title: "Next token" });
 * assert.equal(figure.text, "Next token: 江 0.75, 城 0.25");
 * ```
 */
export function bars<R extends object>(rows: readonly R[], options: BarsOptions<R>): Figure {
  const { label, value, title, seriesBy, stacked = false, seed } = options;
  const { valueTitle = columnName(value), labelTitle = columnName(label) } = options;
  const nameOf = (row: R) => String(row[label]);
  const groups = Map.groupBy(rows, (row) => seriesBy === undefined ? "" : String(row[seriesBy]));
  if (seriesBy === undefined) groups.set("", [...rows]); // also without rows
  const data = [...groups].map(([name, rows], index): Trace => ({
    ...bar(columnName(name), rows.map(nameOf), column(rows, value)),
    text: stacked ? [] : column(rows, value).map((length) => length === null ? "" : short(length)),
    marker: {
      color: seriesStyle(index).color,
      pattern: { shape: index % 2 === 1 && !stacked ? "/" : "" },
    },
  }));
  const sums = new Map<string, number>();
  for (const row of rows) {
    sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0) + Number(row[value]));
  }
  if (stacked) data.push(sumTrace(sums));
  const thickness = 26 * (stacked ? 1 : Math.max(1, groups.size * 0.7));
  const range = stacked
    ? { range: [0, 1.14 * Math.max(0, ...sums.values())] }
    : rangeWithRoom(rows.map((row) => Number(row[value])));
  const names = { type: "category", autorange: "reversed", automargin: true, showgrid: false };
  const layout = {
    ...frame({ title, seed, width: 640, height: 120 + thickness * sums.size }),
    ...(stacked ? { barmode: "stack" } : {}),
    xaxis: axis(valueTitle, range),
    yaxis: axis(labelTitle, names),
    showlegend: groups.size > 1,
    margin: { l: 70, r: 60, t: 52, b: 52 },
  };
  const parts = stacked
    ? [...sums].map(([name, sum]) => `${name} ${short(sum)}`)
    : rows.map((row) => `${nameOf(row)} ${String(row[value])}`);
  return figure(data, layout, titled(title, listed(parts)));
}

const bar = (name: string, labels: string[], lengths: readonly (number | null)[]): Trace => ({
  type: "bar",
  orientation: "h",
  name,
  y: labels,
  x: lengths,
  textposition: "outside",
  cliponaxis: false,
});

/** Bars of no length at the end of each stack, with its sum. */
const sumTrace = (sums: ReadonlyMap<string, number>): Trace => ({
  ...bar(say({ en: "together", zh: "合计" }), [...sums.keys()], Array.from(sums, () => 0)),
  showlegend: false,
  hoverinfo: "skip",
  text: Array.from(sums.values(), short),
});

/**
 * Room for the numbers beside the bars: to the left of a negative bar they would cover the axis'
 * labels.
 */
function rangeWithRoom(values: readonly number[]): Layout {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  if (low === 0) return { rangemode: "tozero" };
  const room = 0.12 * (high - low);
  return { range: [low - room, high === 0 ? 0 : high + room] };
}
