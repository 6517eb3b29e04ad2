/**
 * A figure is a value: a plotly specification that shows itself when it is the last expression of a notebook cell.
 * One output holds every form, so that each viewer finds one it can show: plotly's own (JupyterLab, VS Code), HTML
 * with a picture that becomes live where plotly is loaded (exported pages), SVG and text (GitHub, terminals).
 */

import { toBase64, toHtml, toPicture } from "./figure_html.ts";
import type { Layout, MimeBundle, Trace } from "./specification.ts";
import { drawSvg } from "./svg.ts";

/** The method name by which the Deno kernel asks a value how it wants to be shown. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display");

/** A drawing as a value. */
export interface Figure {
  /** What is drawn, in plotly's words. */
  readonly data: readonly Trace[];
  /** Titles, axes and size, in plotly's words. */
  readonly layout: Layout;
  /** One sentence for terminals and for readers who cannot see the picture. */
  readonly text: string;
  /** All forms in one output. */
  [displaySymbol](): Promise<MimeBundle>;
}

/** Makes a figure of a plotly specification; `text` says what it shows. */
export function figure(data: readonly Trace[], layout: Layout, text: string): Figure {
  return {
    data,
    layout,
    text,
    [displaySymbol]: async () => {
      const svg = await drawSvg(data, layout);
      return {
        "application/vnd.plotly.v1+json": { data, layout, config: { displaylogo: false } },
        "text/html": toHtml({ data, layout, text, svg }),
        "image/svg+xml": svg,
        "text/plain": text,
      };
    },
  };
}

/** The figure as a standing SVG picture (30 ms; 300 ms the first time). */
export function toSvg(drawn: Figure): Promise<string> {
  return drawSvg(drawn.data, drawn.layout);
}

/**
 * The figure as a plain picture only: for outputs that are replaced several times a second while a loop runs, where
 * JupyterLab would not redraw plotly's own form.
 */
export async function picture(drawn: Figure): Promise<MimeBundle> {
  const svg = await toSvg(drawn);
  return { "text/html": toPicture(toBase64(svg), drawn.text), "text/plain": drawn.text };
}
