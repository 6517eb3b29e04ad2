/** The sliders of the chapters: each is a definition that runs in Deno and, bundled, in a page. */
import { type Shown, showSlider, type SliderDefinition } from "../widgets/mod.ts";
import { clip } from "./clip.ts";
import { paid } from "./paid.ts";

/** Every slider by its name, which is also the name of its module and of the module's export. */
export const SLIDERS = { clip, paid } as const;

/** The slider `name`, for a cell's last expression. */
export function slider(name: keyof typeof SLIDERS): Shown {
  const definition: SliderDefinition = SLIDERS[name];
  return showSlider(definition, { module: new URL(`./${name}.ts`, import.meta.url).href, name });
}
