/**
 * A slider as a notebook shows it: a static picture anywhere, live where scripts run. No kernel is
 * needed.
 */
import { type Displayable, displaySymbol, pictureHtml } from "../display/mod.ts";
import { spokenLanguage, wordsIn } from "../text/mod.ts";
import { bundleSlider } from "./bundle.ts";
import { drawingSvg } from "./chart.ts";
import { type Controls, type SliderDefinition, startValues } from "./slider.ts";

/** A widget that shows itself as the last expression of a notebook cell. */
export type Shown = Displayable<string>;

/** How widgets look: dark text on white in light and dark themes, a thin frame. */
export const boxStyle =
  "background:#fff;color:#222;border:1px solid #ccc;border-radius:6px;padding:10px 14px;max-width:760px;line-height:1.5";

/**
 * Makes a slider for a cell's last expression. The bundler finds its definition under `name` among
 * the exports of `module`, a file URL.
 */
export const showSlider = <C extends Controls>(
  definition: SliderDefinition<C>,
  { module, name }: { module: string; name: string },
): Shown => ({
  [displaySymbol]: async () => {
    const language = spokenLanguage();
    const script = await bundleSlider({ module, name, language });
    const drawing = definition.draw(startValues(definition));
    const [title, readout] = [definition.title, drawing.readout].map((text) =>
      wordsIn(text, language)
    );
    const picture = pictureHtml(drawingSvg(drawing, language), { alt: readout });
    return {
      "text/html":
        `<div class="ppo-slider" style="${boxStyle}"><div class="standing">${picture}</div>` +
        `<script>${script}</script></div>`,
      "text/plain": `${title}\n${readout}`,
    };
  },
});
