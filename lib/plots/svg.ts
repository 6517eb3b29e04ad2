/**
 * Draws a plotly specification as SVG without a browser: plotly.js runs in happy-dom. Loaded at the first drawing
 * (0.7 s), then 30 to 150 ms a figure. happy-dom has no fonts, so sizes of texts are estimated (`text_size.ts`).
 */

import { fontFamily } from "./style.ts";
import { shortenSvg } from "./svg_shorten.ts";
import { measureTexts } from "./text_size.ts";

type Draw = (specification: unknown, options: unknown) => Promise<unknown>;

/** Plotly in its own small world, made once. */
let loading: Promise<Draw> | null = null;

/** The SVG text of a plotly specification whose layout has `width` and `height` in pixels. */
export async function drawSvg(
  data: unknown,
  layout: Readonly<Record<string, unknown>>,
): Promise<string> {
  loading ??= loadPlotly();
  const draw = await loading;
  const { width, height } = layout;
  // plotly writes into what it is given, so it gets a copy
  const drawn = await draw(structuredClone({ data, layout }), {
    format: "svg",
    imageDataOnly: true,
    width,
    height,
  });
  return shortenSvg(String(drawn), fontFamily);
}

async function loadPlotly(): Promise<Draw> {
  const { Window } = await import("happy-dom");
  // its text: as a module it wants a global window
  const { default: source } = await import("plotly.js-dist/plotly.js", { with: { type: "text" } });
  const page = new Window({
    settings: {
      enableJavaScriptEvaluation: true,
      suppressInsecureJavaScriptEnvironmentWarning: true,
    },
  });
  Reflect.set(page.URL, "createObjectURL", () => ""); // plotly asks for one while it starts, for maps
  measureTexts(page.SVGElement.prototype, page.HTMLElement.prototype);
  page.eval(steadyRandom);
  page.eval(source);
  const plotly: unknown = Reflect.get(page, "Plotly");
  const toImage: unknown = typeof plotly === "object" && plotly !== null
    ? Reflect.get(plotly, "toImage")
    : null;
  if (typeof toImage !== "function") throw new Error("Cannot draw: plotly.js did not start");
  return (specification, options) => {
    page.eval("state = 1");
    return Reflect.apply(toImage, plotly, [specification, options]);
  };
}

/** Plotly makes ids at random; from a fixed start the same figure is the same bytes. This is the page's `Math`. */
const steadyRandom =
  `var state = 1; Math.random = () => (state = state * 16807 % 2147483647) / 2147483647;`;
