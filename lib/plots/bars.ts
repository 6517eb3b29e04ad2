/** Named numbers as lying bars, e.g. the probabilities of the next token; labels may be Chinese. */

import { type Figure, figure } from "./figure.ts";
import type { Layout, Trace } from "./specification.ts";
import { column, type Key } from "./rows.ts";
import { axis, frame, palette, seriesStyle } from "./style.ts";

/** Options of `bars`; the names are columns of the rows. */
export interface BarsOptions<R> {
  /** The column with the names of the bars. */
  readonly label: Key<R>;
  /** The column with their lengths. */
  readonly value: Key<R>;
  /** The figure's sentence. */
  readonly title: string;
  /** Name and unit of the lengths; default: the name of `value`. */
  readonly valueTitle?: string;
  /** What the bars are, e.g. "next token"; default: the name of `label`. */
  readonly labelTitle?: string;
  /** The column that tells groups apart, e.g. before and after: bars side by side in two colours. */
  readonly seriesBy?: Key<R>;
  /** Groups end to end instead of side by side: parts of a whole, whose sum stands at the end. */
  readonly stacked?: boolean;
  /** Added to the title. */
  readonly seed?: number | string;
}

/**
 * Bars, the first row on top: `bars(rows, { label: "token", value: "probability", title: "Next token" })`.
 *
 * @throws {RangeError} when there are rows and none has the column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bars } from "./bars.ts";
 *
 * const next = [{ token: "江", probability: 0.75 }, { token: "城", probability: 0.25 }];
 * const figure = bars(next, { label: "token", value: "probability", title: "Next token" });
 * assert.equal(figure.text, "Next token: 江 0.75, 城 0.25");
 * ```
 */
export function bars<R extends object>(rows: readonly R[], options: BarsOptions<R>): Figure {
  const {
    label,
    value,
    title,
    valueTitle = value,
    labelTitle = label,
    seriesBy,
    stacked = false,
    seed,
  } = options;
  const groups = seriesBy === undefined
    ? [{ name: "", rows }]
    : [...Map.groupBy(rows, (row) => String(row[seriesBy]))]
      .map(([name, rows]) => ({ name, rows }));
  const data = groups.map(({ name, rows }, index): Trace => ({
    type: "bar",
    orientation: "h",
    name,
    y: rows.map((row) => String(row[label])),
    x: column(rows, value),
    text: stacked ? [] : column(rows, value).map(written),
    textposition: "outside",
    cliponaxis: false,
    marker: {
      color: groups.length === 1 ? palette[0] : seriesStyle(index).color,
      pattern: { shape: index % 2 === 1 && !stacked ? "/" : "" },
    },
  }));
  if (stacked) data.push(sums(rows, { label, value }));
  const labels = new Set(rows.map((row) => String(row[label])));
  const thickness = 26 * (stacked ? 1 : Math.max(1, groups.length * 0.7));
  const layout = {
    ...frame({ title, seed, width: 640, height: 120 + thickness * labels.size }),
    ...(stacked ? { barmode: "stack" as const } : {}),
    xaxis: axis(
      valueTitle,
      stacked
        ? rangeOfSums(rows, { label, value })
        : rangeWithRoom(rows.map((row) => Number(row[value]))),
    ),
    yaxis: axis(labelTitle, {
      type: "category",
      autorange: "reversed",
      automargin: true,
      showgrid: false,
    }),
    showlegend: groups.length > 1,
    margin: { l: 70, r: 60, t: 52, b: 52 },
  };
  const told = stacked
    ? [...totals(rows, { label, value })].map(([name, sum]) => `${name} ${written(sum)}`)
    : rows.map((row) => `${String(row[label])} ${String(row[value])}`);
  return figure(data, layout, `${title}: ${told.join(", ")}`);
}

/** A length as it stands beside its bar. */
const written = (length: number | null): string =>
  length === null ? "" : String(Number(length.toPrecision(3)));

/** What all bars of one name come to. */
function totals<R extends object>(
  rows: readonly R[],
  { label, value }: Pick<BarsOptions<R>, "label" | "value">,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = String(row[label]);
    sums.set(name, (sums.get(name) ?? 0) + Number(row[value]));
  }
  return sums;
}

/** Room for the sums at the ends of the bars. */
const rangeOfSums = <R extends object>(
  rows: readonly R[],
  names: Pick<BarsOptions<R>, "label" | "value">,
): Layout => ({
  range: [0, 1.14 * Math.max(0, ...totals(rows, names).values())],
});

/** Bars of no length at the end of each stack, with its sum. */
function sums<R extends object>(
  rows: readonly R[],
  names: Pick<BarsOptions<R>, "label" | "value">,
): Trace {
  const all = [...totals(rows, names)];
  return {
    type: "bar",
    orientation: "h",
    name: "together",
    showlegend: false,
    hoverinfo: "skip",
    y: all.map(([name]) => name),
    x: all.map(() => 0),
    text: all.map(([, sum]) => written(sum)),
    textposition: "outside",
    cliponaxis: false,
  };
}

/** Room for the numbers beside the bars: on the left they would stand on the axis' labels. */
function rangeWithRoom(values: readonly number[]): Layout {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  if (low === 0) return { rangemode: "tozero" };
  const room = 0.12 * (high - low);
  return { range: [low - room, high === 0 ? 0 : high + room] };
}
