/**
 * How every figure looks: colours that colour-blind readers can tell apart, a second sign beside colour (dash or
 * marker), fonts that have Chinese characters, an opaque white background (dark themes would hide dark text).
 */

import { column, type Key } from "./rows.ts";
import type { Layout, Trace } from "./specification.ts";

/** Okabe and Ito's palette (2008), yellow left out because it is too pale for lines on white. */
export const palette = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#000000",
] as const;

const dashes = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"] as const;
const markers = ["circle", "square", "diamond", "triangle-up", "x", "cross", "star"] as const;

/** Fonts in the order in which they are looked for; the Chinese ones stand for Linux, macOS, Windows, old Linux. */
export const fontFamily =
  '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif';

/** Colour, dash and marker of the series with this index; they repeat only after 42 series. */
export function seriesStyle(index: number): { color: string; dash: string; symbol: string } {
  return {
    color: pick(palette, index),
    dash: pick(dashes, index),
    symbol: pick(markers, index),
  };
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? "";
}

/** What the layouts of all figures have in common. */
export interface FrameOptions {
  /** The figure's sentence; a seed is added to it. */
  readonly title: string;
  /** The random seed behind the numbers; shown after the title. */
  readonly seed?: number | string | undefined;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** Title, size, font and background. */
export function frame({ title, seed, width, height }: FrameOptions): Layout {
  const text = seed === undefined ? title : `${title} (seed ${seed})`;
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

/** An axis with its name and, in it, its unit. */
export function axis(title: string, more: Layout = {}): Layout {
  return {
    title: { text: title, standoff: 8 },
    gridcolor: "#e4e4e4",
    zerolinecolor: "#bdbdbd",
    linecolor: "#888888",
    showline: true,
    ticks: "outside",
    ...more,
  };
}

/** A pale band between two columns, as two invisible edges with the space between them filled; `common` goes into both. */
export function bandBetween<R extends object>(
  rows: readonly R[],
  [lower, upper]: readonly [Key<R>, Key<R>],
  { color, ...common }: { readonly color: string } & Layout,
): Trace[] {
  const edge = {
    type: "scatter",
    mode: "lines",
    ...common,
    line: { width: 0 },
    showlegend: false,
    hoverinfo: "skip",
  };
  return [
    { ...edge, y: column(rows, lower) },
    { ...edge, y: column(rows, upper), fill: "tonexty", fillcolor: `${color}2e` },
  ];
}
