/**
 * Makes an exported notebook page self-contained, so that it works from `file://` without a
 * network. Formulas are typeset here, with KaTeX's fonts inside the page. plotly.js is embedded
 * once, compressed. Links to external scripts (RequireJS, MathJax, Mermaid) are removed, and links
 * to other notebooks lead to their pages.
 */

import katex from "katex";
import plotly from "plotly.js-dist/plotly.js" with { type: "text" };
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** Turns the page of `notebook_runner.py` into one self-contained file. */
export function standAlonePage(page: string): string {
  const bare = toPages(withoutOutsideScripts(page));
  const typeset = bare.replaceAll(
    /<span class="tex" data-display="(true|false)">([\s\S]*?)<\/span>/g,
    (_, display: string, tex: string) => formula(unescapeHtml(tex), display === "true"),
  );
  const withStyle = insertBefore(
    typeset,
    "</head>",
    typeset === bare ? style : style + formulaStyle(),
  );
  // figures wait for the event "plotly-ready", so the scripts may come last
  return withStyle.includes("plotly-ready")
    ? insertBefore(withStyle, "</body>", plotlyScripts())
    : withStyle;
}

/** A readable width, a Chinese font, and wrapped code. */
const style = `<style>
body.jp-Notebook { max-width: 1040px; margin: 0 auto; font-family: system-ui, "Noto Sans CJK SC", "PingFang SC",
  "Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif; }
.jp-InputArea-editor pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.jp-OutputArea-output .highlight pre { font-family: monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>`;

function withoutOutsideScripts(page: string): string {
  return page
    .replaceAll(/<script src="https?:[^"]*">\s*<\/script>/g, "")
    .replace(/<!-- Load mathjax -->[\s\S]*?<!-- End of mathjax configuration -->/, "")
    .replace(
      /<script type="module">(?:(?!<\/script>)[\s\S])*?mermaid[\s\S]*?<!-- End of mermaid configuration -->/,
      "",
    );
}

/** Relative links to notebooks become links to their pages, which lie in the same folders. */
const toPages = (page: string): string =>
  page.replaceAll(/(<a href="(?![a-z]+:)[^"#]*)\.ipynb(?=["#])/g, "$1.html");

function formula(tex: string, displayMode: boolean): string {
  // a formula with an error is shown in red, so that the results of a long run are not lost
  return katex.renderToString(tex, { displayMode, output: "html", throwOnError: false });
}

/** KaTeX's style sheet with embedded fonts (0.35 MB), in woff2, which all browsers support. */
function formulaStyle(): string {
  const path = createRequire(import.meta.url).resolve("katex/dist/katex.min.css");
  const css = readFileSync(path, "utf8").replaceAll(
    /url\((fonts\/[^)]*\.woff2)\) format\("woff2"\)(?:,url\([^)]*\) format\("[a-z]+"\))*/g,
    (_, font: string) =>
      `url(data:font/woff2;base64,${
        readFileSync(join(dirname(path), font), "base64")
      }) format("woff2")`,
  );
  return `\n<style>${css}</style>`;
}

function unescapeHtml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/**
 * plotly.js, compressed to a third. The browser unpacks it, runs it, and notifies the figures by an
 * event.
 */
function plotlyScripts(): string {
  return `<script type="text/plain" id="plotly-source">${
    gzipSync(plotly, { level: 9 }).toString("base64")
  }</script>
<script type="module">
const packed = document.getElementById("plotly-source").textContent;
const bytes = await (await fetch("data:application/gzip;base64," + packed)).blob();
const source = await new Response(bytes.stream().pipeThrough(new DecompressionStream("gzip"))).text();
const script = document.createElement("script");
script.textContent = source;
document.head.append(script);
dispatchEvent(new Event("plotly-ready"));
</script>`;
}

function insertBefore(page: string, mark: string, addition: string): string {
  const place = page.lastIndexOf(mark);
  return place < 0 ? page + addition : `${page.slice(0, place)}${addition}\n${page.slice(place)}`;
}
