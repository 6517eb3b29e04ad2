/** A slider as a notebook shows it: a standing picture anywhere, live where scripts run; no kernel is needed. */
import { bundleSlider } from "./bundle.ts";
import { drawingSvg } from "./chart.ts";
import { escapeHtml } from "./escape.ts";
import { type Controls, type SliderDefinition, startValues } from "./slider.ts";
import { bothLanguages } from "./text.ts";
import { boxStyle } from "./style.ts";

/** Content by media type. */
export type MimeBundle = Readonly<Record<string, string>>;

/** A value that shows itself as the last expression of a notebook cell. */
export interface Shown {
  /** What the front end gets to show. */
  [jupyterDisplay](): MimeBundle | Promise<MimeBundle>;
}

/** The method name by which the Deno kernel asks a value how it wants to be shown. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** Where a definition is found again by the bundler. */
export interface SliderSource {
  /** File URL of the module that exports it. */
  readonly module: string;
  /** The name of the export. */
  readonly name: string;
}

/** The slider for a cell's last expression. */
export function showSlider<C extends Controls>(
  definition: SliderDefinition<C>,
  source: SliderSource,
): Shown {
  return {
    [jupyterDisplay]: async () => {
      const script = await bundleSlider(source.module, source.name);
      const drawing = definition.draw(startValues(definition));
      const svg = drawingSvg(drawing);
      const text = `${bothLanguages(definition.title)}\n${bothLanguages(drawing.readout)}`;
      const picture = `<img alt="${escapeHtml(drawing.readout.en)}" style="max-width:100%" ` +
        `src="data:image/svg+xml;base64,${toBase64(svg)}">`;
      return {
        "text/html":
          `<div class="ppo-slider" style="${boxStyle}"><div class="standing">${picture}</div>` +
          `<script>${script}</script></div>`,
        "text/plain": text,
      };
    },
  };
}

/** Base64 of the text's UTF-8 bytes. */
const toBase64 = (text: string): string => new TextEncoder().encode(text).toBase64();
