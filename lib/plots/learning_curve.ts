/**
 * One metric over the updates of one run or several: lines with markers, the newest run drawn over
 * the older ones.
 */

import { columnName, listed, listedLong, say, titled } from "../text/mod.ts";
import type { Run } from "./curve_grid.ts";
import { type Figure, figure } from "./figure.ts";
import { column, countTicks, type Key, xColumn } from "./rows.ts";
import { axis, bandBetween, type FigureOptions, frame, lineTrace } from "./style.ts";

/**
 * Options of `learningCurve`; the names are columns of the rows. The default title is the name of
 * `y`.
 */
export interface LearningCurveOptions<R> extends Partial<FigureOptions> {
  /** The column that is drawn. */
  readonly y: Key<R>;
  /** The column along the bottom; default: `update` if the rows have it, else the row's number. */
  readonly x?: Key<R>;
  /** Name and unit of the vertical axis; default: the name of `y`. */
  readonly yTitle?: string;
  /** Name and unit of the horizontal axis; default: the name of `x`. */
  readonly xTitle?: string;
  /** The column that distinguishes runs, e.g. `run` or `seed`; each value has its own line. */
  readonly seriesBy?: Key<R>;
  /** Two columns between which a pale band is drawn, e.g. a 95 % interval. */
  readonly band?: readonly [lower: Key<R>, upper: Key<R>];
}

/**
 * A learning curve, e.g. `learningCurve(rows, { y: "mean_reward", seriesBy: "run" })`. Numbers
 * that are missing or not finite leave a gap.
 *
 * @throws {RangeError} if there are rows and none has the column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { learningCurve } from "ppo/plots/mod.ts";
 *
 * const rows = [{ update: 1, kl: 0.1 }, { update: 2, kl: 0.3 }];
 * const curve = learningCurve(rows, { y: "kl", yTitle: "KL (nats)", seed: 0 });
 * assert.equal(curve.text, "kl: 0.100 to 0.300 over 2 points");
 * ```
 */
export function learningCurve<R extends object>(
  rows: readonly R[],
  options: LearningCurveOptions<R>,
): Figure {
  const { y, title = columnName(y), yTitle = columnName(y), seriesBy, band, seed } = options;
  const series = groupBy(rows, seriesBy);
  const x = xColumn(rows, options.x);
  const data = series.flatMap(({ name, rows }, index) => {
    const common = { legendgroup: name, x: x.of(rows) };
    const line = lineTrace(index, { width: 2, size: 7, name, ...common, y: column(rows, y) });
    return band === undefined ? [line] : [...bandBetween(rows, band, { index, ...common }), line];
  });
  const layout = {
    ...frame({ title, seed, width: 720, height: 380 }),
    xaxis: axis(
      options.xTitle ?? columnName(x.name),
      countTicks(series.flatMap(({ rows }) => x.of(rows))),
    ),
    yaxis: axis(yTitle),
    showlegend: seriesBy !== undefined,
    legend: { orientation: "v", x: 1.02, y: 1 },
  };
  const summaries = series.map(({ name, rows }) => summary(name, column(rows, y)));
  return figure(data, layout, titled(title, listedLong(summaries)));
}

/** The rows of each value of `key`, in the order of their first appearance. */
function groupBy<R extends object>(rows: readonly R[], key: Key<R> | undefined): Run<R>[] {
  if (key === undefined) return [{ name: "", rows }];
  // a bare number in the legend would not show what it is
  return [...Map.groupBy(rows, (row) => row[key])].map(([value, rows]) => ({
    name: typeof value === "number" ? `${columnName(key)} ${value}` : columnName(String(value)),
    rows,
  }));
}

function summary(name: string, values: readonly (number | null)[]): string {
  const present = values.filter((value) => value !== null);
  const nothing = say({ en: "nothing", zh: "无" });
  const [first, last] = [0, -1].map((at) => present.at(at)?.toPrecision(3) ?? nothing);
  const range = say({
    en: `${first} to ${last} over ${present.length} points`,
    zh: `${present.length} 个点，从 ${first} 到 ${last}`,
  });
  return listed(name === "" ? [range] : [name, range]);
}
