/**
 * A slider is data and one function of the library. It runs in Deno and, bundled, in a web page
 * without a kernel.
 */
import type { Text, Words } from "../text/mod.ts";
import type { Drawing } from "./drawing.ts";

/** A number that the reader changes. */
export interface RangeControl {
  /** A range input. */
  readonly kind: "range";
  /** Name and symbol, e.g. `{ en: "clip range ε", zh: "裁剪范围 ε" }`. */
  readonly label: Words;
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** The difference between two neighbouring positions. */
  readonly step: number;
  /** Its value at the start. */
  readonly value: number;
}

/** A choice among a few named values. */
export interface ChoiceControl {
  /** A list to choose from. */
  readonly kind: "choice";
  /** Name and symbol. */
  readonly label: Words;
  /** Each option's name and the number that `draw` gets for it. */
  readonly options: readonly { readonly name: Words; readonly value: number }[];
  /** The number of the option that is chosen at the start. */
  readonly value: number;
}

/** The controls by the names under which `draw` gets their values. */
export type Controls = Readonly<Record<string, RangeControl | ChoiceControl>>;

/** What a page needs to show a slider. */
export interface SliderDefinition<C extends Controls = Controls> {
  /** Shown above the controls. */
  readonly title: Text;
  /** What the reader can change. */
  readonly controls: C;
  /** Draws the picture for these values with the library's own formula. */
  readonly draw: (values: Readonly<Record<keyof C, number>>) => Drawing;
}

/**
 * Defines a slider. The names of the controls stay in the type, so that `draw` can only read
 * those.
 */
export const defineSlider = <const C extends Controls>(
  definition: SliderDefinition<C>,
): SliderDefinition<C> => definition;

/** The values of all controls at the start. */
export function startValues<C extends Controls>(
  { controls }: SliderDefinition<C>,
): Record<keyof C, number> {
  const values = Object.entries(controls).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(values);
}
