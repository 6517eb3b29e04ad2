/** The axes of small multiples: one pair a panel, placed by hand, because plotly's own grid leaves no room for a panel's name. */

import type { Layout } from "./specification.ts";
import { axis } from "./style.ts";

/** One panel of a grid. */
export interface GridPanel {
  /** What the panel shows, and its unit. */
  readonly title: string;
  /** Name of its bottom axis where it has one of its own; it is then shown in every row. */
  readonly xTitle?: string | undefined;
  /** How its upright axis counts; "log" for values that differ by factors, all above 0. Default "linear". */
  readonly scale?: "linear" | "log" | undefined;
}

/** How the panels stand. */
export interface GridShape {
  /** Panels side by side. */
  readonly across: number;
  /** Name of the bottom axes, shown below the lowest panel of each column. */
  readonly xTitle: string;
  /** More for the bottom axes that have no name of their own. */
  readonly xMore: Layout;
}

/** `x`, `x2`, `x3`: plotly's name of the axis of the panel at this place, counted from 0. */
export const axisName = (letter: string, place: number): string =>
  place === 0 ? letter : `${letter}${place + 1}`;

/** Where the panel at `place` lies, in shares of the drawing's width and height. */
export function panelBox(
  place: number,
  { across, panels }: { across: number; panels: number },
): { left: number; right: number; top: number; bottom: number } {
  const down = Math.ceil(panels / across);
  const gap = { x: across > 1 ? 0.07 : 0, y: 0.34 / down };
  const size = { x: (1 - gap.x * (across - 1)) / across, y: (1 - gap.y * (down - 1)) / down };
  const left = (place % across) * (size.x + gap.x);
  const top = 1 - Math.floor(place / across) * (size.y + gap.y);
  return { left, right: left + size.x, top, bottom: top - size.y };
}

/** 1, 2, 5, 10, 20 ... in full: plotly's own marks between powers of ten say 2 for 20. */
const logTicks = Array.from({ length: 11 }, (_, power) => power - 5)
  .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));

/** All axes of a grid, and the panels' names above them. */
export function gridAxes(
  panels: readonly GridPanel[],
  { across, xTitle, xMore }: GridShape,
): Layout {
  const layout: Record<string, unknown> = {};
  const names = panels.map(({ title, xTitle: own, scale }, place) => {
    const { left, right, top, bottom } = panelBox(place, { across, panels: panels.length });
    const lowest = place + across >= panels.length;
    const suffix = place === 0 ? "" : String(place + 1);
    layout[`xaxis${suffix}`] = axis(own ?? (lowest ? xTitle : ""), {
      domain: [left, right],
      anchor: axisName("y", place),
      ...own === undefined ? xMore : { nticks: 6 },
    });
    layout[`yaxis${suffix}`] = axis("", {
      domain: [bottom, top],
      anchor: axisName("x", place),
      nticks: 5,
      ...scale === "log" ? { type: "log", tickvals: logTicks, ticktext: logTicks.map(String) } : {},
    });
    return name(title, (left + right) / 2, top);
  });
  return { ...layout, annotations: names };
}

const name = (text: string, x: number, y: number) => ({
  text,
  x,
  y,
  xref: "paper",
  yref: "paper",
  xanchor: "center",
  yanchor: "bottom",
  showarrow: false,
  font: { size: 13 },
});
