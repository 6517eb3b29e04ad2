/**
 * A fraction before and after training, each with its confidence interval, one line for each run.
 */

import { columnName, listedLong, say, titled } from "../text/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { axis, type FigureOptions, frame, legendBelow, lineTrace, type Trace } from "./style.ts";

/** A number with the two ends of its confidence interval. */
export interface Estimate {
  /** The estimate itself. */
  readonly value: number;
  /** Both ends, the lower first. */
  readonly interval: readonly [low: number, high: number];
}

/** One run; fractions between 0 and 1. */
export interface BeforeAfter {
  /** The run's name in the legend. */
  readonly label: string;
  /** The fraction before training. */
  readonly before: Estimate;
  /** The fraction after it. */
  readonly after: Estimate;
  /**
   * The paired difference, which is known more precisely than its two ends; shown in the legend.
   */
  readonly gain?: Estimate;
}

/**
 * Dots with error bars at "before" and "after", joined by a line for each run. `yTitle` names what
 * is counted.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { beforeAfter } from "ppo/plots/mod.ts";
 *
 * const before = { value: 0.4, interval: [0.35, 0.45] } as const;
 * const after = { value: 0.6, interval: [0.55, 0.65] } as const;
 * const figure = beforeAfter([{ label: "seed 0", before, after }], { title: "Gold" });
 * assert.equal(figure.text, "Gold: seed 0: 40.0 → 60.0 %");
 * ```
 */
export function beforeAfter(
  runs: readonly BeforeAfter[],
  { title, yTitle = say({ en: "right (%)", zh: "正确（%）" }), seed }: FigureOptions & {
    yTitle?: string;
  },
): Figure {
  const ticks = {
    tickvals: [0, 1],
    ticktext: ["before", "after"].map(columnName),
    range: [-0.35, 1.35],
  };
  const layout = {
    ...frame({ title, seed, width: 640, height: 400 }),
    xaxis: axis("", { ...ticks, showgrid: false, zeroline: false }),
    yaxis: axis(yTitle, { rangemode: "tozero" }),
    showlegend: true,
    legend: legendBelow(-0.12),
    margin: { l: 70, r: 24, t: 52, b: 52 + 22 * runs.length },
  };
  const data = runs.map((run, index) => runTrace(run, { index, count: runs.length }));
  return figure(data, layout, titled(title, listedLong(runs.map(sentence))));
}

function runTrace(run: BeforeAfter, { index, count }: { index: number; count: number }): Trace {
  const aside = (index - (count - 1) / 2) * 0.04; // so that intervals do not cover each other
  const ends = [run.before, run.after];
  return lineTrace(index, {
    width: 1.6,
    size: 9,
    name: sentence(run),
    x: [aside, 1 + aside],
    y: ends.map((end) => 100 * end.value),
    error_y: {
      type: "data",
      symmetric: false,
      array: ends.map((end) => 100 * (end.interval[1] - end.value)),
      arrayminus: ends.map((end) => 100 * (end.value - end.interval[0])),
      thickness: 1.6,
      width: 6,
    },
  });
}

function sentence({ label, before, after, gain }: BeforeAfter): string {
  const change = `${percent(before.value)} → ${percent(after.value)} %`;
  if (gain === undefined) return titled(label, change);
  const gained = `${points(gain.value)} [${gain.interval.map(points).join(", ")}]`;
  return titled(
    label,
    say({ en: `${change}, gain ${gained} points`, zh: `${change}，提高 ${gained} 个百分点` }),
  );
}

const percent = (fraction: number): string => (100 * fraction).toFixed(1);

const points = (fraction: number): string =>
  `${fraction >= 0 ? "+" : "−"}${percent(Math.abs(fraction))}`;
