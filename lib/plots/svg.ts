/**
 * Draws a plotly specification as SVG without a browser: plotly.js runs in happy-dom. It is loaded
 * for the first drawing (0.7 s); each figure then takes 30 to 150 ms. happy-dom has no fonts, so
 * the sizes of texts are estimated (`text_size.ts`).
 */

import { fontFamily, type Layout, type Trace } from "./style.ts";
import { shortenSvg } from "./svg_shorten.ts";
import { measureTexts } from "./text_size.ts";

type Draw = (specification: unknown, options: unknown) => Promise<unknown>;

/** Plotly in its own small page, loaded once. */
let loading: Promise<Draw> | null = null;

/** The SVG text of a plotly specification whose layout has `width` and `height` in pixels. */
export async function drawSvg(data: readonly Trace[], layout: Layout): Promise<string> {
  loading ??= loadPlotly();
  const draw = await loading;
  const { width, height } = layout;
  // plotly writes into its arguments, so it gets a copy
  const drawn = await draw(
    structuredClone({ data, layout }),
    { format: "svg", imageDataOnly: true, width, height },
  );
  return shortenSvg(String(drawn), fontFamily);
}

async function loadPlotly(): Promise<Draw> {
  const { Window } = await import("happy-dom");
  // as text, because plotly's module expects a global window
  const { default: source } = await import("plotly.js-dist/plotly.js", { with: { type: "text" } });
  const page = new Window({
    settings: {
      enableJavaScriptEvaluation: true,
      suppressInsecureJavaScriptEnvironmentWarning: true,
    },
  });
  Reflect.set(page.URL, "createObjectURL", () => ""); // plotly calls it at its start, for maps
  measureTexts(page);
  page.eval(steadyRandom);
  page.eval(source);
  const plotly: unknown = Reflect.get(page, "Plotly");
  const toImage: unknown = Reflect.get(Object(plotly), "toImage");
  if (typeof toImage !== "function") {
    throw new Error("Cannot draw: plotly.js did not start. Check that its package is installed.");
  }
  return (specification, options) => {
    page.eval("state = 1");
    return Reflect.apply(toImage, plotly, [specification, options]);
  };
}

/**
 * Replaces the page's `Math.random`, from which plotly makes ids, so that the same figure is
 * always the same bytes.
 */
const steadyRandom =
  `var state = 1; Math.random = () => (state = state * 16807 % 2147483647) / 2147483647;`;
