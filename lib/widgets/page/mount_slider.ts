/**
 * The part of a slider that runs in the page: controls above, the picture below, redrawn at every
 * change.
 *
 * The page's elements are described by the few members that are used here: the DOM's own types
 * would replace Deno's in every file that is checked together with this one.
 */
import { escapeHtml } from "../../display/mod.ts";
import { type Language, type Words, wordsIn } from "../../text/mod.ts";
import { drawingSvg } from "../chart.ts";
import { startValues } from "../slider.ts";
import type { ChoiceControl, RangeControl, SliderDefinition } from "../slider.ts";

/** The members of a DOM element that are used. */
export interface PageElement {
  /** Its content as HTML. */
  innerHTML: string;
  /** Its content as text. */
  textContent: string | null;
  /** The value of an input. */
  value: string;
  /** Finds the first descendant that matches. */
  querySelector(selector: string): PageElement | null;
  /** Calls `listener` at each event of that type. */
  addEventListener(type: string, listener: (event: { stopPropagation(): void }) => void): void;
}

/** Replaces the content of `box` by the live slider, with its texts in one language. */
export function mountSlider(
  box: PageElement,
  definition: SliderDefinition,
  language: Language,
): void {
  const { title, controls, draw } = definition;
  const write: Write = (words) => escapeHtml(wordsIn(words, language));
  const values = startValues(definition);
  const rows = Object.entries(controls).map(([name, control]) => controlHtml(name, control, write));
  box.innerHTML = `<p style="margin:0 0 6px;font-weight:bold">${write(title)}</p>` +
    `${rows.join("")}<div class="picture"></div>` +
    `<p class="readout" aria-live="polite" style="margin:4px 0"></p>`;
  const part = (selector: string) => {
    const found = box.querySelector(selector);
    if (found === null) throw new Error(`Cannot show the slider: the page has no ${selector}`);
    return found;
  };
  const redraw = () => {
    const drawing = draw(values);
    part(".picture").innerHTML = drawingSvg(drawing, language);
    part(".readout").textContent = wordsIn(drawing.readout, language);
  };
  for (const name of Object.keys(controls)) {
    const input = part(`[name="${name}"]`);
    input.addEventListener("input", () => {
      values[name] = Number(input.value);
      if (controls[name].kind === "range") part(`[data-of="${name}"]`).textContent = input.value;
      redraw();
    });
  }
  // a front end's own shortcuts must not take the arrow keys away from a focused control
  box.addEventListener("keydown", (event) => event.stopPropagation());
  redraw();
}

/** Words as HTML in the language of the page. */
type Write = (words: Words) => string;

function controlHtml(name: string, control: RangeControl | ChoiceControl, write: Write): string {
  const label = write(control.label);
  const input = control.kind === "range"
    ? rangeHtml(name, control)
    : choiceHtml(name, control, write);
  return `<label style="display:block;margin:3px 0">` +
    `<span style="display:inline-block;min-width:230px">${label}</span>${input}</label>`;
}

const rangeHtml = (name: string, { min, max, step, value }: RangeControl): string =>
  `<input type="range" name="${name}" min="${min}" max="${max}" step="${step}" value="${value}" ` +
  `style="width:260px;vertical-align:middle"> <span data-of="${name}">${value}</span>`;

function choiceHtml(
  name: string,
  { options, value: chosen }: ChoiceControl,
  write: Write,
): string {
  const list = options.map(({ name, value }) =>
    `<option value="${value}"${value === chosen ? " selected" : ""}>${write(name)}</option>`
  );
  return `<select name="${name}">${list.join("")}</select>`;
}
