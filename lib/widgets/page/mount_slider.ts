/**
 * The part of a slider that runs in the page: controls above, the picture below, redrawn at every
 * change.
 *
 * The page's elements are described by the few members that are used here: the DOM's own types
 * would replace Deno's in every file that is checked together with this one.
 */
import { escapeHtml } from "../../display/mod.ts";
import { drawingSvg } from "../chart.ts";
import { bothLanguages } from "../drawing.ts";
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

/** Replaces the content of `box` by the live slider. */
export function mountSlider(box: PageElement, definition: SliderDefinition): void {
  const { title, controls, draw } = definition;
  const values = startValues(definition);
  const heading = escapeHtml(bothLanguages(title));
  const rows = Object.entries(controls).map(([name, control]) => controlHtml(name, control));
  box.innerHTML = `<p style="margin:0 0 6px;font-weight:bold;white-space:pre-line">${heading}</p>` +
    `${rows.join("")}<div class="picture"></div>` +
    `<p class="readout" aria-live="polite" style="margin:4px 0;white-space:pre-line"></p>`;
  const part = (selector: string) => {
    const found = box.querySelector(selector);
    if (found === null) throw new Error(`Cannot show the slider: the page has no ${selector}`);
    return found;
  };
  const redraw = () => {
    const drawing = draw(values);
    part(".picture").innerHTML = drawingSvg(drawing);
    part(".readout").textContent = bothLanguages(drawing.readout);
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

function controlHtml(name: string, control: RangeControl | ChoiceControl): string {
  const label = escapeHtml(control.label);
  const input = control.kind === "range" ? rangeHtml(name, control) : choiceHtml(name, control);
  return `<label style="display:block;margin:3px 0">` +
    `<span style="display:inline-block;min-width:230px">${label}</span>${input}</label>`;
}

const rangeHtml = (name: string, { min, max, step, value }: RangeControl): string =>
  `<input type="range" name="${name}" min="${min}" max="${max}" step="${step}" value="${value}" ` +
  `style="width:260px;vertical-align:middle"> <span data-of="${name}">${value}</span>`;

function choiceHtml(name: string, { options, value: chosen }: ChoiceControl): string {
  const list = options.map(({ name, value }) =>
    `<option value="${value}"${value === chosen ? " selected" : ""}>${escapeHtml(name)}</option>`
  );
  return `<select name="${name}">${list.join("")}</select>`;
}
