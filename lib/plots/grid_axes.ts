/**
 * The layout of small multiples. Axes are placed by hand, because plotly's own grid leaves no room
 * for a panel's name.
 */

import { axis, type FigureOptions, frame, type Layout, legendBelow } from "./style.ts";

/** One panel of a grid. */
export interface GridPanel {
  /** What the panel shows, and its unit. */
  readonly title: string;
  /**
   * Name of its own bottom axis, which is then shown in every row. Default: the grid's name, below
   * the lowest panels.
   */
  readonly xTitle?: string | undefined;
  /**
   * Scale of its vertical axis: "log" for values that differ by factors, all above 0. Default
   * "linear".
   */
  readonly scale?: "linear" | "log" | undefined;
}

/** How the panels are arranged: so many side by side, in so many rows. */
export type GridShape = Readonly<Record<"across" | "down", number>>;

/** Arranges so many panels in at most `columns` columns. */
export function gridShape(panels: number, columns = 3): GridShape {
  const across = Math.max(1, Math.min(columns, panels));
  return { across, down: Math.ceil(panels / across) };
}

/** Plotly's name of the axis of the panel at this place, counted from 0: `x`, `x2`, `x3`. */
export const axisName = (letter: string, place: number): string =>
  place === 0 ? letter : `${letter}${place + 1}`;

/** Where the panel at `place` lies, in shares of the drawing's width and height. */
export function panelBox(
  place: number,
  { across, down }: GridShape,
): { left: number; right: number; top: number; bottom: number } {
  const gap = { x: across > 1 ? 0.07 : 0, y: 0.34 / down };
  const size = { x: (1 - gap.x * (across - 1)) / across, y: (1 - gap.y * (down - 1)) / down };
  const left = (place % across) * (size.x + gap.x);
  const top = 1 - Math.floor(place / across) * (size.y + gap.y);
  return { left, right: left + size.x, top, bottom: top - size.y };
}

/** Options of `gridLayout`. */
export interface GridOptions extends FigureOptions {
  readonly shape: GridShape;
  /** Name of the bottom axes. */
  readonly xTitle: string;
  /** More settings for the bottom axes that have no name of their own. */
  readonly xMore: Layout;
  /** The legend's room in pixels. */
  readonly legend: "none" | "below" | "beside";
}

/** Size, axes and the panels' names of a grid, with room for its legend. */
export function gridLayout(
  panels: readonly GridPanel[],
  { title, seed, shape, xTitle, xMore, legend }: GridOptions,
): Layout {
  const { across, down } = shape;
  const width = legend === "beside" ? 190 + 255 * across : 80 + 290 * across;
  const axes: Record<string, unknown> = {};
  const annotations = panels.map(({ title, xTitle: own, scale }, place) => {
    const { left, right, top, bottom } = panelBox(place, shape);
    const lowest = place + across >= panels.length;
    axes[axisName("xaxis", place)] = axis(own ?? (lowest ? xTitle : ""), {
      domain: [left, right],
      anchor: axisName("y", place),
      ...own === undefined ? xMore : { nticks: 6 },
    });
    axes[axisName("yaxis", place)] = axis("", {
      domain: [bottom, top],
      anchor: axisName("x", place),
      nticks: 5,
      ...scale === "log" ? { type: "log", tickvals: logTicks, ticktext: logTicks.map(String) } : {},
    });
    return { text: title, x: (left + right) / 2, y: top, ...panelName };
  });
  return {
    ...frame({ title, seed, width, height: 90 + 215 * down }),
    ...axes,
    annotations,
    showlegend: legend !== "none",
    legend: legendBelow(-54 / (215 * down - 58)),
    margin: { l: 56, r: legend === "beside" ? 130 : 20, t: 64, b: legend === "below" ? 84 : 50 },
  };
}

const abovePanel = { xref: "paper", yref: "paper", xanchor: "center", yanchor: "bottom" };
const panelName = { ...abovePanel, showarrow: false, font: { size: 13 } };

/** 1, 2, 5, 10, 20 ... in full: between powers of ten plotly itself would write 2 for 20. */
const logTicks = Array.from({ length: 11 }, (_, power) => power - 5)
  .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
