/**
 * Numbers over the tokens of a text: one row as stems, others as lines, e.g. returns and the
 * values that predict them.
 */

import { listed, listedLong, titled } from "../text/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { short } from "./rows.ts";
import { axis, type FigureOptions, frame, lineTrace, seriesStyle, type Trace } from "./style.ts";

/** A named row of numbers, one for each token. */
export interface TokenRowOfNumbers {
  /** For the legend. */
  readonly name: string;
  /** One for each token; a number that is not finite leaves a gap. */
  readonly values: readonly number[];
}

/** Options of `tokenStems`. */
export interface TokenStemsOptions extends FigureOptions {
  /** Name and unit of the numbers. */
  readonly valueTitle: string;
  /** What the tokens are, e.g. "token that is about to be generated". */
  readonly tokenTitle: string;
  /** Drawn as stems from 0. */
  readonly stems: TokenRowOfNumbers;
  /** Drawn as lines with markers. */
  readonly lines: readonly TokenRowOfNumbers[];
}

/**
 * Stems and lines over tokens.
 *
 * @throws {RangeError} if a row does not have one number for each token.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tokenStems } from "ppo/plots/mod.ts";
 *
 * const stems = { name: "return", values: [1, 1] };
 * const lines = [{ name: "value", values: [0.5, 0.75] }];
 * const titles = { title: "Foreseen?", valueTitle: "score", tokenTitle: "token" };
 * const figure = tokenStems(["长", "江"], { ...titles, stems, lines });
 * assert.equal(figure.text, "Foreseen?: return 长 1, 江 1; value 长 0.5, 江 0.75");
 * ```
 */
export function tokenStems(tokens: readonly string[], options: TokenStemsOptions): Figure {
  const { title, valueTitle, tokenTitle, stems, lines, seed } = options;
  for (const { name, values } of [stems, ...lines]) {
    if (values.length === tokens.length) continue;
    const found = `there are ${values.length} numbers`;
    throw new RangeError(`Cannot draw "${name}" over ${tokens.length} tokens: ${found}`);
  }
  const layout = {
    ...frame({ title, seed, width: Math.max(560, 120 + 42 * tokens.length), height: 360 }),
    xaxis: axis(tokenTitle, {
      tickmode: "array",
      tickvals: [...tokens.keys()],
      ticktext: tokens,
      tickangle: 0,
      range: [-0.6, tokens.length - 0.4],
      showgrid: false,
    }),
    yaxis: axis(valueTitle, { zerolinecolor: "#888888" }),
    showlegend: true,
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
    margin: { l: 70, r: 24, t: 84, b: 56 },
  };
  const rowTexts = [stems, ...lines].map(({ name, values }) =>
    `${name} ${listed(tokens.map((token, t) => `${token} ${short(values[t])}`))}`
  );
  const lineTraces = lines.map(({ name, values }, index) =>
    lineTrace(index + 1, { width: 2, size: 7, name, x: [...values.keys()], y: values.map(finite) })
  );
  const text = titled(title, listedLong(rowTexts));
  return figure([...stemTraces(stems), ...lineTraces], layout, text);
}

/** The stems are one broken line and the heads are markers: two traces under one name. */
function stemTraces({ name, values }: TokenRowOfNumbers): Trace[] {
  const { color, symbol } = seriesStyle(0);
  const common = { type: "scatter", name, legendgroup: name };
  const x = values.flatMap((_, t) => [t, t, null]);
  const y = values.flatMap((value) => [0, finite(value), null]);
  const heads = { x: [...values.keys()], y: values.map(finite) };
  const hidden = { showlegend: false, hoverinfo: "skip" };
  return [
    { ...common, mode: "lines", x, y, line: { color, width: 2 }, ...hidden },
    { ...common, mode: "markers", ...heads, marker: { color, symbol, size: 9 } },
  ];
}

const finite = (value: number): number | null => Number.isFinite(value) ? value : null;
