/**
 * How every figure looks: colours that colour-blind readers can distinguish, a second sign beside
 * colour (dash or marker), fonts that have Chinese characters, and an opaque white background
 * (dark themes would hide dark text).
 */

import { say } from "../text/mod.ts";
import { column, type Key } from "./rows.ts";

/** One plotly trace, e.g. `{ type: "scatter", x: [1, 2], y: [3, 4] }`. */
export type Trace = Readonly<Record<string, unknown>>;

/** A plotly layout: titles, axes, size in pixels. */
export type Layout = Readonly<Record<string, unknown>>;

/** Okabe and Ito's palette (2008) without yellow, which is too pale for lines on white. */
const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

const dashes = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
const markers = ["circle", "square", "diamond", "triangle-up", "x", "cross", "star"];

/** Fonts in order of preference; the Chinese ones are for Linux, macOS, Windows and old Linux. */
export const fontFamily =
  '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif';

/**
 * Colour, dash and marker of the series with this index; the combination repeats only after 42
 * series.
 */
export function seriesStyle(index: number): { color: string; dash: string; symbol: string } {
  const pick = (list: readonly string[]) => list[index % list.length];
  return { color: pick(palette), dash: pick(dashes), symbol: pick(markers) };
}

/** The options of all figures. */
export interface FigureOptions {
  /** The figure's sentence. */
  readonly title: string;
  /** The random seed behind the numbers, shown after the title. */
  readonly seed?: number | string | undefined;
}

/** Title, size in pixels, font and background. */
export function frame(
  { title, seed, width, height }: FigureOptions & { width: number; height: number },
): Layout {
  const text = seed === undefined
    ? title
    : say({ en: `${title} (seed ${seed})`, zh: `${title}（种子 ${seed}）` });
  return {
    title: { text, x: 0.5, y: 1, yanchor: "top", pad: { t: 14 }, font: { size: 15 } },
    width,
    height,
    font: { family: fontFamily, size: 12, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    margin: { l: 70, r: 24, t: 52, b: 52 },
    hovermode: "closest",
  };
}

/** An axis whose title gives its name and unit. */
export function axis(title: string, more: Layout = {}): Layout {
  const colors = { gridcolor: "#e4e4e4", zerolinecolor: "#bdbdbd", linecolor: "#888888" };
  return {
    title: { text: title, standoff: 8 },
    ...colors,
    showline: true,
    ticks: "outside",
    ...more,
  };
}

/** A horizontal legend below the drawing; `y` is in shares of the drawing's height. */
export function legendBelow(y: number): Layout {
  return { orientation: "h", x: 0.5, xanchor: "center", y, yanchor: "top" };
}

/**
 * A line with markers in the style of the series with this index. `width` (of the line) and `size`
 * (of the markers) are in pixels; `marker` has further settings of the markers.
 */
export function lineTrace(
  index: number,
  { width, size, marker, ...more }: Trace & { width: number; size: number; marker?: Layout },
): Trace {
  const { color, dash, symbol } = seriesStyle(index);
  return {
    type: "scatter",
    mode: "lines+markers",
    ...more,
    line: { color, dash, width },
    marker: { color, symbol, size, ...marker },
  };
}

/**
 * A pale band between two columns: two invisible edges with the space between them filled.
 * `common` goes into both.
 */
export function bandBetween<R extends object>(
  rows: readonly R[],
  [lower, upper]: readonly [Key<R>, Key<R>],
  { index, ...common }: { readonly index: number } & Layout,
): Trace[] {
  const hidden = { line: { width: 0 }, showlegend: false, hoverinfo: "skip" };
  const edge = { type: "scatter", mode: "lines", ...common, ...hidden };
  const fill = { fill: "tonexty", fillcolor: `${seriesStyle(index).color}2e` };
  return [{ ...edge, y: column(rows, lower) }, { ...edge, y: column(rows, upper), ...fill }];
}
