/**
 * Figures and tables as values, made from plain rows. They show themselves in a notebook; `toSvg` draws them anywhere.
 * A figure knows nothing of reinforcement learning.
 *
 * @module
 */

export {
  type Band,
  bandGrid,
  type BandGridOptions,
  type BandPanel,
  type Numbers,
} from "./band_grid.ts";
export { bars, type BarsOptions } from "./bars.ts";
export {
  type BeforeAfter,
  beforeAfter,
  type BeforeAfterOptions,
  type Estimate,
} from "./before_after.ts";
export { curveGrid, type CurveGridOptions, type Metric, type Run } from "./curve_grid.ts";
export { displaySymbol, type MimeBundle } from "../display/mod.ts";
export { type Figure, figure, picture, toSvg } from "./figure.ts";
export { heatStrip, type HeatStripOptions } from "./heat_strip.ts";
export { learningCurve, type LearningCurveOptions } from "./learning_curve.ts";
export type { Key } from "./rows.ts";
export type { Layout, Trace } from "./style.ts";
export { type Table, table, type TableOptions } from "./table.ts";
export { type TokenRowOfNumbers, tokenStems, type TokenStemsOptions } from "./token_stems.ts";
