/// <reference lib="dom" />
/** The side of a slider that runs in the page: controls above, the picture below, redrawn at every move. */
import { drawingSvg } from "../chart.ts";
import { type ChoiceControl, type RangeControl, type SliderDefinition, startValues } from "../slider.ts";

/** Replaces the standing picture in `box` by the live slider. */
export function mountSlider(box: HTMLElement, definition: SliderDefinition): void {
  const values = startValues(definition);
  const picture = document.createElement("div");
  const readout = document.createElement("p");
  readout.setAttribute("aria-live", "polite");
  readout.style.cssText = "margin:4px 0;white-space:pre-line";
  const redraw = () => {
    const drawing = definition.draw(values);
    picture.innerHTML = drawingSvg(drawing);
    readout.textContent = `${drawing.readout.en}\n${drawing.readout.zh}`;
  };
  const rows = Object.entries(definition.controls).map(([name, control]) =>
    control.kind === "range"
      ? rangeRow(control, (value) => (values[name] = value, redraw()))
      : choiceRow(control, (value) => (values[name] = value, redraw()))
  );
  const title = document.createElement("p");
  title.style.cssText = "margin:0 0 6px;font-weight:bold;white-space:pre-line";
  title.textContent = `${definition.title.en}\n${definition.title.zh}`;
  box.querySelector(".standing")?.remove();
  box.append(title, ...rows, picture, readout);
  redraw();
}

function rangeRow(control: RangeControl, onValue: (value: number) => void): HTMLElement {
  const input = document.createElement("input");
  input.type = "range";
  for (const key of ["min", "max", "step", "value"] as const) input[key] = String(control[key]);
  input.style.cssText = "width:260px;vertical-align:middle";
  const shown = document.createElement("output");
  shown.style.cssText = "margin-left:8px;font-variant-numeric:tabular-nums";
  shown.textContent = input.value;
  input.addEventListener("input", () => {
    shown.textContent = input.value;
    onValue(Number(input.value));
  });
  return labelled(control.label, input, shown);
}

function choiceRow(control: ChoiceControl, onValue: (value: number) => void): HTMLElement {
  const select = document.createElement("select");
  for (const { name, value } of control.options) {
    select.add(new Option(name, String(value), false, value === control.value));
  }
  select.addEventListener("input", () => onValue(Number(select.value)));
  return labelled(control.label, select);
}

function labelled(text: string, ...content: HTMLElement[]): HTMLElement {
  const label = document.createElement("label");
  label.style.cssText = "display:block;margin:3px 0";
  const name = document.createElement("span");
  name.style.cssText = "display:inline-block;min-width:230px";
  name.textContent = text;
  label.append(name, ...content);
  // JupyterLab's own shortcuts must not take the arrow keys away from a control that has the focus
  label.addEventListener("keydown", (event) => event.stopPropagation());
  return label;
}
