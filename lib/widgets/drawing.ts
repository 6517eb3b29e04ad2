/**
 * What a slider shows for one position of its controls: plain data, drawn in the same way by the
 * page and by the library.
 */

import type { Text, Words } from "../text/mod.ts";

/** One axis. */
export interface DrawnAxis {
  /** Name and unit. */
  readonly title: Words;
  /**
   * First and last value, fixed so that the curve moves and its axis does not. Default: the range
   * of the data.
   */
  readonly range?: readonly [number, number];
  /** Names instead of numbers, such as tokens, for the whole numbers from 0 on. */
  readonly names?: readonly string[];
}

/** Points of one colour. */
export interface Curve {
  /** For the legend. */
  readonly name: Words;
  /**
   * x and y of each point, in the axes' units; one that is not finite is not drawn and breaks the
   * line.
   */
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
  /** The curves, the first in the first colour. */
  readonly curves: readonly Curve[];
}

/** Horizontal bars with names, the first on top; several series stand side by side. */
export interface BarPanel {
  /** The bars' names, such as tokens; they are the same in both languages. */
  readonly labels: readonly string[];
  /** The axis of the bars' lengths. */
  readonly x: DrawnAxis;
  /** Each series has one length for each name. */
  readonly series: readonly { readonly name: Words; readonly values: readonly number[] }[];
}

/** Panels side by side, and a sentence that states the numbers. */
export interface Drawing {
  /** At most two fit a notebook's width. */
  readonly panels: readonly (CurvePanel | BarPanel)[];
  /** Read aloud by screen readers when it changes. */
  readonly readout: Text;
}
