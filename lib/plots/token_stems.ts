/** Numbers over the tokens of a text: one row as stems, others as lines beside it, e.g. returns and the values that foretell them. */

import { type Figure, figure } from "./figure.ts";
import type { Trace } from "./specification.ts";
import { axis, frame, seriesStyle } from "./style.ts";

/** A row of numbers with its name, one number a token. */
export interface TokenRowOfNumbers {
  /** For the legend. */
  readonly name: string;
  /** One a token; what is not finite leaves a gap. */
  readonly values: readonly number[];
}

/** Options of `tokenStems`. */
export interface TokenStemsOptions {
  /** The figure's sentence. */
  readonly title: string;
  /** Name and unit of the numbers. */
  readonly valueTitle: string;
  /** What the tokens are, e.g. "token that is about to be written". */
  readonly tokenTitle: string;
  /** Drawn as stems from 0. */
  readonly stems: TokenRowOfNumbers;
  /** Drawn as lines with markers. */
  readonly lines: readonly TokenRowOfNumbers[];
  /** Added to the title. */
  readonly seed?: number | string;
}

/**
 * Stems and lines over tokens: `tokenStems(["长", "江"], { stems: { name: "return", values: [1, 1] }, lines: [], ... })`.
 *
 * @throws {RangeError} when a row has not as many numbers as there are tokens.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tokenStems } from "./token_stems.ts";
 *
 * const stems = { name: "return", values: [1, 1] }, lines = [{ name: "value", values: [0.5, 0.75] }];
 * const titles = { title: "Foreseen?", valueTitle: "score", tokenTitle: "token" };
 * const figure = tokenStems(["长", "江"], { ...titles, stems, lines });
 * assert.equal(figure.text, "Foreseen?: return 长 1, 江 1; value 长 0.5, 江 0.75");
 * ```
 */
export function tokenStems(tokens: readonly string[], options: TokenStemsOptions): Figure {
  const { title, valueTitle, tokenTitle, stems, lines, seed } = options;
  for (const { name, values } of [stems, ...lines]) {
    if (values.length !== tokens.length) {
      throw new RangeError(
        `Cannot draw "${name}" over ${tokens.length} tokens: there are ${values.length} numbers`,
      );
    }
  }
  const at = tokens.map((_, t) => t);
  const layout = {
    ...frame({ title, seed, width: Math.max(560, 120 + 42 * tokens.length), height: 360 }),
    xaxis: axis(tokenTitle, {
      tickmode: "array",
      tickvals: at,
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
  const text = [stems, ...lines].map(({ name, values }) =>
    `${name} ${tokens.map((token, t) => `${token} ${shown(values[t])}`).join(", ")}`
  );
  return figure(
    [...stemTraces(stems), ...lines.map(lineTrace)],
    layout,
    `${title}: ${text.join("; ")}`,
  );
}

/** The sticks are one broken line, the heads are markers: two traces under one name. */
function stemTraces({ name, values }: TokenRowOfNumbers): Trace[] {
  const { color, symbol } = seriesStyle(0);
  const common = { type: "scatter", name, legendgroup: name };
  return [
    {
      ...common,
      mode: "lines",
      x: values.flatMap((_, t) => [t, t, null]),
      y: values.flatMap((value) => [0, finite(value), null]),
      line: { color, width: 2 },
      showlegend: false,
      hoverinfo: "skip",
    },
    {
      ...common,
      mode: "markers",
      x: values.map((_, t) => t),
      y: values.map(finite),
      marker: { color, symbol, size: 9 },
    },
  ];
}

function lineTrace({ name, values }: TokenRowOfNumbers, index: number): Trace {
  const { color, dash, symbol } = seriesStyle(index + 1);
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: values.map((_, t) => t),
    y: values.map(finite),
    line: { color, dash, width: 2 },
    marker: { color, symbol, size: 7 },
  };
}

const finite = (value: number): number | null => Number.isFinite(value) ? value : null;
const shown = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "missing";
