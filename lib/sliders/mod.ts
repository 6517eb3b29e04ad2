/** The sliders of the chapters: each is a definition that runs in Deno and, bundled, in a page. */
import { type Shown, showSlider, type SliderDefinition } from "../widgets/mod.ts";
import { baseline } from "./baseline.ts";
import { clip } from "./clip.ts";
import { gaeLambda } from "./gae_lambda.ts";
import { klPrice } from "./kl_price.ts";
import { paid } from "./paid.ts";
import { sampling } from "./sampling.ts";
import { valueClip } from "./value_clip.ts";

export { type ClippedToken, clippedToken } from "./clip.ts";
export { type ClippedValue, clippedValue, type TokenValues } from "./value_clip.ts";

/** Every slider by its name, which is also the name of its export. */
export const SLIDERS = { baseline, clip, gaeLambda, klPrice, paid, sampling, valueClip } as const;

/** The module of a slider: "gaeLambda" -> gae_lambda.ts. */
const moduleOf = (name: string): string =>
  new URL(
    `./${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}.ts`,
    import.meta.url,
  ).href;

/** The slider `name`, for a cell's last expression. */
export function slider(name: keyof typeof SLIDERS): Shown {
  const definition: SliderDefinition = SLIDERS[name];
  return showSlider(definition, { module: moduleOf(name), name });
}
