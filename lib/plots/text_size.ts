/**
 * Sizes and places of texts where there are no fonts. Plotly measures titles, tick labels and legend entries in order to leave
 * room for them, and happy-dom always answers 0. This file installs estimates: a Chinese character is as wide as it is high, a
 * Latin one a little more than half of that. Drawn shapes are not measured.
 */

import { textWidth as widthOf } from "../display/mod.ts";
import { type Affine, apply, compose, identity, parseTransform } from "./affine.ts";

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

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

/** The box around all texts of `element`, in the coordinates of the ancestor `frame` (null: of the page). */
function boxOf(element: Element, frame: Element | null) {
  const texts = element.tagName.toLowerCase() === "text"
    ? [element]
    : Array.from(element.querySelectorAll("text"));
  const { left, top, right, bottom } = around(
    texts.filter((text) => text.textContent !== "")
      .flatMap((text) => corners(localBox(text), placeOf(text, frame))),
  );
  return { left, top, right, bottom, x: left, y: top, width: right - left, height: bottom - top };
}

function around(points: readonly { x: number; y: number }[]): Box {
  if (points.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  const xs = points.map(({ x }) => x), ys = points.map(({ y }) => y);
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
}

const corners = ({ left, top, right, bottom }: Box, transform: Affine) =>
  [left, right].flatMap((x) => [top, bottom].map((y) => apply(transform, x, y)));

/** A text's box before any transform: `x` and `y` are the anchor and the base line of the first line. */
function localBox(text: Element): Box {
  const size = fontSize(text);
  const tspans = Array.from(text.querySelectorAll("tspan.line"));
  const lines = tspans.length === 0 ? [text] : tspans;
  const width = Math.max(...lines.map((line) => textWidth(line.textContent, size)));
  const left = Number(text.getAttribute("x") ?? 0) - width * anchorShare(text);
  const top = Number(text.getAttribute("y") ?? 0) - 0.95 * size;
  return { left, top, right: left + width, bottom: top + 1.25 * size * lines.length };
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
