/** The tokens of a text in their order, each on a tile coloured by its number: advantages, values, KL a token. */

import { type Figure, figure } from "./figure.ts";
import type { Trace } from "./specification.ts";
import { frame } from "./style.ts";
import { textWidth } from "./text_size.ts";

/** Options of `heatStrip`. */
export interface HeatStripOptions {
  /** The figure's sentence. */
  readonly title: string;
  /** Name and unit of the numbers, beside the colour bar. */
  readonly valueTitle: string;
  /** Tiles in a line; default 24, as many as a notebook's width holds. */
  readonly perLine?: number;
  /** The number, above or below zero, with the fullest colour; default the largest of the strip. One for several strips makes them comparable. */
  readonly largest?: number;
  /** Added to the title. */
  readonly seed?: number | string;
}

const tile = 30; // pixels

/** Blue below zero, white at zero, orange above: readable without telling red from green. */
const twoSided = [[0, "#0072B2"], [0.5, "#ffffff"], [1, "#D55E00"]];

/**
 * A strip of tokens: `heatStrip(["长", "江", "？"], [0.2, -0.1, 1.3], { title: "Advantages", valueTitle: "advantage" })`.
 *
 * @throws {RangeError} when there are not as many numbers as tokens, or `largest` is not above 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { heatStrip } from "./mod.ts";
 *
 * const strip = heatStrip(["长", "江"], [0.5, -1], { title: "Advantages", valueTitle: "advantage" });
 * assert.equal(strip.text, "Advantages: 长 0.5, 江 -1");
 * ```
 */
export function heatStrip(
  tokens: readonly string[],
  values: readonly number[],
  options: HeatStripOptions,
): Figure {
  if (tokens.length !== values.length) {
    throw new RangeError(`Cannot colour ${tokens.length} tokens: there are ${values.length} values`);
  }
  const { title, valueTitle, perLine = 24, seed } = options;
  const { largest = Math.max(1e-12, ...values.filter(Number.isFinite).map(Math.abs)) } = options;
  if (!(largest > 0)) throw new RangeError(`Cannot colour the tokens: "largest" is ${largest}, not above 0`);
  const lines = Math.max(1, Math.ceil(tokens.length / perLine));
  const across = Math.max(8, Math.min(perLine, tokens.length));
  const plain = { visible: false, fixedrange: true };
  const bottom = Math.max(20, 150 - lines * tile); // the colour bar needs some height
  const layout = {
    ...frame({ title, seed, width: 150 + across * tile, height: 52 + lines * tile + bottom }),
    xaxis: { ...plain, range: [-0.5, across - 0.5] },
    yaxis: { ...plain, range: [lines - 0.5, -0.5] },
    margin: { l: 20, r: 130, t: 52, b: bottom },
  };
  const text = tokens.map((token, index) => `${token} ${number(values[index] ?? NaN)}`).join(", ");
  return figure([tiles({ tokens, values, perLine, valueTitle, largest })], layout, `${title}: ${text}`);
}

interface Strip {
  readonly tokens: readonly string[];
  readonly values: readonly number[];
  readonly perLine: number;
  readonly valueTitle: string;
  readonly largest: number;
}

function tiles({ tokens, values, perLine, valueTitle, largest }: Strip): Trace {
  return {
    type: "scatter",
    mode: "markers+text",
    x: tokens.map((_, index) => index % perLine),
    y: tokens.map((_, index) => Math.floor(index / perLine)),
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
      cmax: largest,
      colorscale: twoSided,
      line: { color: "#cccccc", width: 1 },
      colorbar: {
        title: { text: valueTitle, side: "right" },
        thickness: 12,
        len: 130,
        lenmode: "pixels",
        y: 1,
        yanchor: "top",
        nticks: 5,
      },
    },
  };
}

/** Pixels: smaller for a token that would not fit its tile, such as [SEP]. */
function fontSize(token: string): number {
  return Math.min(13, (tile - 4) / Math.max(1, textWidth(token, 1)));
}

function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "missing";
}
