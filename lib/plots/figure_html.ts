/** A figure as a piece of HTML: a picture that works anywhere, and a script that makes it live where plotly is. */

import { escapeHtml } from "./escape.ts";

interface HtmlParts {
  readonly data: unknown;
  readonly layout: unknown;
  readonly text: string;
  readonly svg: string;
}

/**
 * Runs in the page. An exported page loads plotly after its figures and then fires "plotly-ready"; elsewhere nothing
 * happens and the picture stays.
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

/** The picture, the specification and the script. */
export function toHtml({ data, layout, text, svg }: HtmlParts): string {
  const specification = JSON.stringify({ data, layout }).replaceAll("<", "\\u003c");
  return `<div>${
    toPicture(toBase64(svg), text)
  }<script type="application/json">${specification}</script>` +
    `<script>${goLive}</script></div>`;
}

/** The picture alone. An `<img>` survives where inline SVG and scripts are taken away (untrusted notebooks). */
export function toPicture(base64Svg: string, text: string): string {
  return `<img alt="${
    escapeHtml(text)
  }" style="max-width:100%" src="data:image/svg+xml;base64,${base64Svg}">`;
}

/** Base64 of the text's UTF-8 bytes. */
export function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
