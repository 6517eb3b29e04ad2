/**
 * Figures and tables as values, made from plain rows. They show themselves in a notebook; `toSvg`
 * draws them anywhere. A figure knows nothing of reinforcement learning.
 *
 * @module
 */

export { displaySymbol, type MimeBundle } from "../display/mod.ts";
export * from "./band_grid.ts";
export * from "./bars.ts";
export * from "./before_after.ts";
export * from "./curve_grid.ts";
export * from "./figure.ts";
export type { GridPanel } from "./grid_axes.ts";
export * from "./heat_strip.ts";
export * from "./learning_curve.ts";
export type { Key } from "./rows.ts";
export type { FigureOptions, Layout, Trace } from "./style.ts";
export * from "./table.ts";
export * from "./token_stems.ts";
