/**
 * Sizes and places of texts where there are no fonts. Plotly measures titles, tick labels and
 * legend entries in order to leave room for them, and happy-dom always answers 0. This file
 * installs estimates: a Chinese character is as wide as it is high, a Latin one a little more than
 * half of that. Drawn shapes are not measured.
 */
import type { Element, Window } from "happy-dom";
import { textWidth as widthOf } from "../display/mod.ts";

/** A plane transform. */
type Matrix = ReturnType<InstanceType<Window["DOMMatrix"]>["translate"]>;

/** Width in pixels of one line of text at the given font size in pixels. */
export const textWidth = (text: string, fontSize: number): number =>
  widthOf(text, { wide: fontSize, narrow: fontSize * 0.56 });

/** Installs a `getBBox` and a `getBoundingClientRect` that measure texts. */
export function measureTexts({ SVGElement, HTMLElement, DOMMatrix }: Window): void {
  for (const { prototype } of [SVGElement, HTMLElement]) {
    Reflect.set(prototype, "getBBox", function (this: Element) {
      return boxOf(this, this, new DOMMatrix());
    });
    Reflect.set(prototype, "getBoundingClientRect", function (this: Element) {
      return boxOf(this, null, new DOMMatrix());
    });
  }
}

/**
 * The box around all texts of `element`, in the coordinates of the ancestor `frame` (null: of the
 * page).
 */
function boxOf(element: Element, frame: Element | null, identity: Matrix) {
  const texts = element.tagName.toLowerCase() === "text"
    ? [element]
    : Array.from(element.querySelectorAll("text"));
  const points = texts.filter((text) => text.textContent !== "").flatMap((text) => {
    const place = placeOf(text, frame, identity);
    return corners(text).map(([x, y]) => place.transformPoint({ x, y }));
  });
  const range = (values: readonly number[]) =>
    values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
  const [left, right] = range(points.map(({ x }) => x));
  const [top, bottom] = range(points.map(({ y }) => y));
  return { left, top, right, bottom, x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * The corners of a text before any transform: `x` and `y` are the anchor and the base line of the
 * first line.
 */
function corners(text: Element): [x: number, y: number][] {
  const size = fontSize(text);
  const tspans = Array.from(text.querySelectorAll("tspan.line"));
  const lines = tspans.length === 0 ? [text] : tspans;
  const width = Math.max(...lines.map((line) => textWidth(line.textContent, size)));
  const left = Number(text.getAttribute("x") ?? 0) - width * anchorShare(text);
  const top = Number(text.getAttribute("y") ?? 0) - 0.95 * size;
  const bottom = top + 1.25 * size * lines.length;
  return [[left, top], [left + width, top], [left, bottom], [left + width, bottom]];
}

/** The share of a text's width that lies to the left of its anchor. */
function anchorShare(text: Element): number {
  const anchor = text.getAttribute("text-anchor") ??
    /text-anchor:\s*(\w+)/.exec(text.getAttribute("style") ?? "")?.[1];
  return anchor === "middle" ? 0.5 : anchor === "end" ? 1 : 0;
}

function fontSize(element: Element | null): number {
  if (element === null) return 12;
  const found = /font-size:\s*([\d.]+)px/.exec(element.getAttribute("style") ?? "");
  return found === null ? fontSize(element.parentElement) : Number(found[1]);
}

/** All transforms from `element` up to, but not including, `frame`. */
function placeOf(element: Element | null, frame: Element | null, identity: Matrix): Matrix {
  if (element === null || element === frame) return identity;
  const outer = placeOf(element.parentElement, frame, identity);
  return transformed(outer, element.getAttribute("transform") ?? "");
}

/** `place` with SVG's transforms inside it, the last of which is applied to a point first. */
export function transformed(place: Matrix, transforms: string): Matrix {
  let inner = place;
  for (const [, name, list] of transforms.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [first, second, third = 0] = list.split(/[\s,]+/).map(Number);
    const x = second ?? 0; // (x, third) is the centre of a rotation
    if (name === "translate") inner = inner.translate(first, x);
    if (name === "scale") inner = inner.scale(first, second ?? first);
    if (name === "rotate") inner = inner.translate(x, third).rotate(first).translate(-x, -third);
  }
  return inner;
}
