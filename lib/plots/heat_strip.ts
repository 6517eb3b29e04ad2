/**
 * The tokens of a text in their order, each on a tile coloured by its number: advantages, values,
 * the KL at each token.
 */

import { listed, titled } from "../text/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { short } from "./rows.ts";
import { type FigureOptions, frame, type Trace } from "./style.ts";
import { textWidth } from "./text_size.ts";

/** Options of `heatStrip`. */
export interface HeatStripOptions extends FigureOptions {
  /** Name and unit of the numbers, beside the colour bar. */
  readonly valueTitle: string;
  /** Tiles in a line; default 24, as many as a notebook's width holds. */
  readonly perLine?: number;
  /**
   * The absolute value that has the fullest colour; default: the strip's largest. Give several
   * strips the same one to compare them.
   */
  readonly largest?: number;
  /**
   * Ends the scale at 0, for numbers such as log-probabilities that are never above it. Default
   * false: a scale on both sides of 0.
   */
  readonly upToZero?: boolean;
  /** Writes each number below its token, with two decimals. Default false. */
  readonly numbers?: boolean;
}

const tile = 30; // pixels
const numberHeight = 18; // pixels of a line of numbers below the tiles

/** Blue below zero, white at zero, orange above: readable without distinguishing red from green. */
const twoSided = [[0, "#0072B2"], [0.5, "#ffffff"], [1, "#D55E00"]];
/** The half below zero. */
const belowZero = [[0, "#0072B2"], [1, "#ffffff"]];

/**
 * A strip of tokens with one number for each.
 *
 * @throws {RangeError} if the numbers are not as many as the tokens, `largest` is not above 0, or
 *   a number is above 0 with `upToZero`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { heatStrip } from "ppo/plots/mod.ts";
 *
 * const titles = { title: "Advantages", valueTitle: "advantage" };
 * const strip = heatStrip(["长", "江"], [0.5, -1], titles);
 * assert.equal(strip.text, "Advantages: 长 0.5, 江 -1");
 * ```
 */
export function heatStrip(
  tokens: readonly string[],
  values: readonly number[],
  options: HeatStripOptions,
): Figure {
  const { title, valueTitle, perLine = 24, seed, upToZero = false, numbers = false } = options;
  const { largest = Math.max(1e-12, ...values.filter(Number.isFinite).map(Math.abs)) } = options;
  const strip = { tokens, values, valueTitle, largest, upToZero };
  check(strip);
  const lines = Math.max(1, Math.ceil(tokens.length / perLine));
  const across = Math.max(8, Math.min(perLine, tokens.length));
  const line = numbers ? tile + numberHeight : tile; // pixels
  const x = tokens.map((_, index) => index % perLine);
  const y = tokens.map((_, index) => Math.floor(index / perLine));
  const plain = { visible: false, fixedrange: true };
  const bottom = Math.max(20, 150 - lines * line); // the colour bar needs some height
  const layout = {
    ...frame({ title, seed, width: 150 + across * tile, height: 52 + lines * line + bottom }),
    xaxis: { ...plain, range: [-0.5, across - 0.5] },
    yaxis: { ...plain, range: [lines - 1 + (line - tile / 2) / line, -tile / 2 / line] },
    margin: { l: 20, r: 130, t: 52, b: bottom },
    ...(numbers ? { showlegend: false } : {}), // plotly adds one for two traces
  };
  // the middle of the room for the number
  const below = y.map((row) => row + (tile + numberHeight) / 2 / line);
  const traces = [{ ...tiles(strip), x, y }, { ...numbersOf(values), x, y: below }];
  const text = listed(tokens.map((token, index) => `${token} ${short(values[index])}`));
  return figure(traces.slice(0, numbers ? 2 : 1), layout, titled(title, text));
}

interface Strip extends Required<Pick<HeatStripOptions, "valueTitle" | "largest" | "upToZero">> {
  readonly tokens: readonly string[];
  readonly values: readonly number[];
}

function check({ tokens, values, largest, upToZero }: Strip): void {
  const cannot = (what: string, found: string) => new RangeError(`Cannot colour ${what}: ${found}`);
  if (tokens.length !== values.length) {
    throw cannot(`${tokens.length} tokens`, `there are ${values.length} values`);
  }
  if (!(largest > 0)) throw cannot("the tokens", `"largest" is ${largest}, not above 0`);
  const above = upToZero ? values.findIndex((value) => value > 0) : -1;
  if (above >= 0) {
    const found = `its number is ${values[above]}, and "upToZero" ends the scale at 0`;
    throw cannot(`"${tokens[above]}"`, found);
  }
}

const colorBar = { thickness: 12, len: 130, lenmode: "pixels", y: 1, yanchor: "top", nticks: 5 };

const tiles = ({ tokens, values, valueTitle, largest, upToZero }: Strip): Trace => ({
  type: "scatter",
  mode: "markers+text",
  text: tokens,
  customdata: values,
  hovertemplate: `%{text}<br>${valueTitle} %{customdata:.4g}<extra></extra>`,
  textfont: {
    size: tokens.map(fontSize),
    color: values.map((value) => Math.abs(value) > 0.7 * largest ? "#ffffff" : "#222222"),
  },
  marker: {
    symbol: "square",
    size: tile - 2,
    color: values,
    cmin: -largest,
    cmax: upToZero ? 0 : largest,
    colorscale: upToZero ? belowZero : twoSided,
    line: { color: "#cccccc", width: 1 },
    colorbar: { title: { text: valueTitle, side: "right" }, ...colorBar },
  },
});

const numbersOf = (values: readonly number[]): Trace => ({
  type: "scatter",
  mode: "text",
  text: values.map(twoDecimals),
  textfont: { size: 10, color: "#222222" },
  hoverinfo: "skip",
});

/** Two decimals, never a minus before 0.00. */
function twoDecimals(value: number): string {
  if (!Number.isFinite(value)) return "";
  const digits = Math.abs(value).toFixed(2);
  return value < 0 && Number(digits) > 0 ? `\u2212${digits}` : digits;
}

/** Pixels: smaller for a token that would not fit its tile, such as [SEP]. */
const fontSize = (token: string): number =>
  Math.min(13, (tile - 4) / Math.max(1, textWidth(token, 1)));
