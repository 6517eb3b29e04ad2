/** A slider as data and one function of the library: runs in Deno and, bundled, inside a web page without a kernel. */
import type { Drawing } from "./drawing.ts";
import type { Text } from "./text.ts";

/** A number the reader moves. */
export interface RangeControl {
  /** A range input. */
  readonly kind: "range";
  /** Name and symbol, e.g. "clip range ε · 裁剪范围 ε". */
  readonly label: string;
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** From one position to the next. */
  readonly step: number;
  /** Where it stands at first. */
  readonly value: number;
}

/** One of a few named values. */
export interface ChoiceControl {
  /** A list to choose from. */
  readonly kind: "choice";
  /** Name and symbol. */
  readonly label: string;
  /** Each option's name and the number that `draw` gets for it. */
  readonly options: readonly { readonly name: string; readonly value: number }[];
  /** The number of the option that is chosen at first. */
  readonly value: number;
}

/** The controls by the names under which `draw` gets their values. */
export type Controls = Readonly<Record<string, RangeControl | ChoiceControl>>;

/** What a page needs to show a slider. */
export interface SliderDefinition<C extends Controls = Controls> {
  /** Stands above the controls. */
  readonly title: Text;
  /** What the reader can change. */
  readonly controls: C;
  /** The picture at these positions: calls the library's own formula. */
  readonly draw: (values: Readonly<Record<keyof C, number>>) => Drawing;
}

/** Keeps the names of the controls in the type, so that `draw` may only read those. */
export const defineSlider = <const C extends Controls>(
  definition: SliderDefinition<C>,
): SliderDefinition<C> => definition;

/** The positions at first. */
export function startValues<C extends Controls>(
  { controls }: SliderDefinition<C>,
): Record<keyof C, number> {
  const values: Partial<Record<keyof C, number>> = {};
  for (const name in controls) values[name] = controls[name].value;
  return values as Record<keyof C, number>; // every name was filled
}
