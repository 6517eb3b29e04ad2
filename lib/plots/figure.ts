/**
 * A figure is a value: a plotly specification that shows itself when it is the last expression of
 * a notebook cell. One output holds every form, so that each viewer finds one that it can show:
 * plotly's own (JupyterLab, VS Code), HTML with a picture that becomes live where plotly is loaded
 * (exported pages), SVG and text (GitHub, terminals).
 */

import { displaySymbol, type MimeBundle, pictureHtml } from "../display/mod.ts";
import type { Layout, Trace } from "./style.ts";
import { drawSvg } from "./svg.ts";

/** A drawing as a value. */
export interface Figure {
  /** The plotly traces. */
  readonly data: readonly Trace[];
  /** The plotly layout: titles, axes and size. */
  readonly layout: Layout;
  /** One sentence for terminals and for readers who cannot see the picture. */
  readonly text: string;
  /** Returns all forms in one output. */
  [displaySymbol](): Promise<MimeBundle>;
}

/** Makes a figure from a plotly specification and one sentence that describes it. */
export function figure(data: readonly Trace[], layout: Layout, text: string): Figure {
  return {
    data,
    layout,
    text,
    [displaySymbol]: async () => {
      const svg = await drawSvg(data, layout);
      return {
        "application/vnd.plotly.v1+json": { data, layout, config: { displaylogo: false } },
        "text/html": liveHtml({ data, layout }, pictureHtml(svg, { alt: text })),
        "image/svg+xml": svg,
        "text/plain": text,
      };
    },
  };
}

/** Draws the figure as a static SVG picture (30 ms; 300 ms the first time). */
export const toSvg = ({ data, layout }: Figure): Promise<string> => drawSvg(data, layout);

/**
 * Draws the figure as a plain picture only, for outputs that are replaced several times a second
 * while a loop runs: JupyterLab would not redraw plotly's own form.
 */
export async function picture(drawn: Figure): Promise<MimeBundle> {
  const alt = drawn.text;
  return { "text/html": pictureHtml(await toSvg(drawn), { alt }), "text/plain": alt };
}

/**
 * This script runs in the page. An exported page loads plotly after its figures and then fires
 * "plotly-ready"; elsewhere nothing happens and the picture stays.
 */
const goLive = `(() => {
const box = document.currentScript.parentElement;
const draw = () => {
const { data, layout } = JSON.parse(box.querySelector("script").textContent);
const plot = document.createElement("div");
box.querySelector("img").replaceWith(plot);
Plotly.newPlot(plot, data, layout, { displaylogo: false });
};
if (window.Plotly) draw(); else addEventListener("plotly-ready", draw, { once: true });
})()`;

/** The picture, the specification and the script that makes it live. */
function liveHtml(specification: object, image: string): string {
  const json = JSON.stringify(specification).replaceAll("<", "\\u003c");
  return `<div>${image}<script type="application/json">${json}</script>` +
    `<script>${goLive}</script></div>`;
}
