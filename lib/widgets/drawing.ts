/** What a slider shows for one position of its controls: plain data, drawn alike by the page and by the library. */
import type { Text } from "./text.ts";

/** One axis. */
export interface DrawnAxis {
  /** Name and unit. */
  readonly title: string;
  /** First and last value; fixed, so that a curve is seen to move and not its axis. Default: what the data span. */
  readonly range?: readonly [number, number];
  /** Names instead of numbers, for the whole numbers from 0 on. */
  readonly names?: readonly string[];
}

/** Points with one colour. */
export interface Curve {
  /** For the legend. */
  readonly name: string;
  /** x and y of each point, in the axes' units; one that is not finite is not drawn, and breaks the line. */
  readonly points: readonly (readonly [number, number])[];
  /** How they are drawn; default "line". */
  readonly as?: "line" | "dashed" | "dots" | "stems";
}

/** Curves over a pair of axes. */
export interface CurvePanel {
  /** The bottom axis. */
  readonly x: DrawnAxis;
  /** The left axis. */
  readonly y: DrawnAxis;
  /** What is drawn, the first in the first colour. */
  readonly curves: readonly Curve[];
}

/** Lying bars with names, the first on top; several series stand side by side. */
export interface BarPanel {
  /** The bars' names. */
  readonly labels: readonly string[];
  /** The axis of the bars' lengths. */
  readonly x: DrawnAxis;
  /** One length a name for each series. */
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Panels side by side, and a sentence that says the numbers. */
export interface Drawing {
  /** At most two fit a notebook's width. */
  readonly panels: readonly (CurvePanel | BarPanel)[];
  /** Read aloud by screen readers when it changes. */
  readonly readout: Text;
}
