/**
 * Sizes and places of texts where there are no fonts. Plotly measures titles, tick labels and
 * legend entries in order to leave room for them, and happy-dom always answers 0. This file
 * installs estimates: a Chinese character is as wide as it is high, a Latin one a little more than
 * half of that. Drawn shapes are not measured.
 */

import { textWidth as widthOf } from "../display/mod.ts";
import { type Affine, apply, compose, identity, parseTransform } from "./affine.ts";

/** The members of an element that are used here. */
interface Element {
  readonly tagName: string;
  readonly textContent: string;
  readonly parentElement: Element | null;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): ArrayLike<Element>;
}

/** Width in pixels of one line of text at the given font size in pixels. */
export const textWidth = (text: string, fontSize: number): number =>
  widthOf(text, { wide: fontSize, narrow: fontSize * 0.56 });

/** Installs a `getBBox` and a `getBoundingClientRect` that measure texts. */
export function measureTexts(...prototypes: readonly object[]): void {
  for (const prototype of prototypes) {
    Reflect.set(prototype, "getBBox", function (this: Element) {
      return boxOf(this, this);
    });
    Reflect.set(prototype, "getBoundingClientRect", function (this: Element) {
      return boxOf(this, null);
    });
  }
}

/**
 * The box around all texts of `element`, in the coordinates of the ancestor `frame` (null: of the
 * page).
 */
function boxOf(element: Element, frame: Element | null) {
  const texts = element.tagName.toLowerCase() === "text"
    ? [element]
    : Array.from(element.querySelectorAll("text"));
  const points = texts.filter((text) => text.textContent !== "").flatMap((text) => {
    const place = placeOf(text, frame);
    return corners(text).map(([x, y]) => apply(place, x, y));
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
function placeOf(element: Element | null, frame: Element | null): Affine {
  if (element === null || element === frame) return identity;
  return compose(
    placeOf(element.parentElement, frame),
    parseTransform(element.getAttribute("transform") ?? ""),
  );
}
