/**
 * The side of a slider that runs in the page: controls above, the picture below, redrawn at every move.
 *
 * The page's elements are described by the few members used here: the DOM's own types would replace Deno's in every file that is
 * checked together with this one.
 */
import { drawingSvg } from "../chart.ts";
import { escapeHtml } from "../escape.ts";
import {
  type ChoiceControl,
  type RangeControl,
  type SliderDefinition,
  startValues,
} from "../slider.ts";
import { bothLanguages } from "../text.ts";

/** What is used of a DOM element. */
export interface PageElement {
  /** Its content as HTML. */
  innerHTML: string;
  /** Its content as text. */
  textContent: string | null;
  /** What an input holds. */
  value: string;
  /** The first element below that fits. */
  querySelector(selector: string): PageElement | null;
  /** Calls `listener` at each event of that type. */
  addEventListener(type: string, listener: (event: { stopPropagation(): void }) => void): void;
}

/** Replaces what stands in `box` by the live slider. */
export function mountSlider(box: PageElement, definition: SliderDefinition): void {
  const { title, controls, draw } = definition;
  const values = startValues(definition);
  const rows = Object.entries(controls).map(([name, control]) => controlHtml(name, control));
  box.innerHTML =
    `<p style="margin:0 0 6px;font-weight:bold;white-space:pre-line">${
      escapeHtml(bothLanguages(title))
    }</p>` +
    `${rows.join("")}<div class="picture"></div>` +
    `<p class="readout" aria-live="polite" style="margin:4px 0;white-space:pre-line"></p>`;
  const part = (selector: string) => {
    const found = box.querySelector(selector);
    if (found === null) throw new Error(`Cannot show the slider: it has no ${selector}`);
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
  // a front end's own shortcuts must not take the arrow keys away from a control that has the focus
  box.addEventListener("keydown", (event) => event.stopPropagation());
  redraw();
}

function controlHtml(name: string, control: RangeControl | ChoiceControl): string {
  return `<label style="display:block;margin:3px 0"><span style="display:inline-block;min-width:230px">${
    escapeHtml(control.label)
  }</span>${
    control.kind === "range" ? rangeHtml(name, control) : choiceHtml(name, control)
  }</label>`;
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
