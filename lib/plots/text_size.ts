/**
 * Sizes and places of texts where there are no fonts. Plotly asks the page how large a title, a tick label or a legend
 * entry is in order to leave room for it; happy-dom always answers 0. This gives estimates: a Chinese character is as
 * wide as it is high, a Latin one a little more than half of that. Drawn shapes are not measured.
 */

import { type Affine, apply, compose, identity, parseTransform } from "./affine.ts";

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What we read of an element. */
interface Element {
  readonly tagName: string;
  readonly textContent: string;
  readonly parentElement: Element | null;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): ArrayLike<Element>;
}

/** Width in pixels of one line of text at the given font size in pixels. */
export function textWidth(text: string, fontSize: number): number {
  return Array.from(text).reduce(
    (sum, character) => sum + fontSize * (isWide(character) ? 1 : 0.56),
    0,
  );
}

function isWide(character: string): boolean {
  return (character.codePointAt(0) ?? 0) >= 0x2e80;
}

/** Gives the elements of a page a `getBBox` and a `getBoundingClientRect` that answer for texts. */
export function measureTexts(...prototypes: readonly object[]): void {
  for (const prototype of prototypes) {
    Reflect.set(prototype, "getBBox", function (this: Element) {
      return toRect(union(this, this));
    });
    Reflect.set(prototype, "getBoundingClientRect", function (this: Element) {
      return toRect(union(this, null));
    });
  }
}

/** The box around all texts of `element`, in the coordinates of the ancestor `frame` (null: of the page). */
function union(element: Element, frame: Element | null): Box {
  const texts = element.tagName.toLowerCase() === "text"
    ? [element]
    : Array.from(element.querySelectorAll("text"));
  const boxes = texts.filter((text) => text.textContent !== "").map((text) =>
    move(localBox(text), placeOf(text, frame))
  );
  if (boxes.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/** A text's box before any transform: `x` and `y` are the anchor and the base line of the first line. */
function localBox(text: Element): Box {
  const size = fontSize(text);
  const tspans = Array.from(text.querySelectorAll("tspan.line"));
  const lines = tspans.length === 0 ? [text.textContent] : tspans.map((line) => line.textContent);
  const width = Math.max(...lines.map((line) => textWidth(line, size)));
  const left = Number(text.getAttribute("x") ?? 0) - width * anchorShare(text);
  const top = Number(text.getAttribute("y") ?? 0) - 0.95 * size;
  return { left, top, right: left + width, bottom: top + 1.25 * size * lines.length };
}

/** How much of a text's width lies left of its anchor. */
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

function move(box: Box, transform: Affine): Box {
  const corners = [[box.left, box.top], [box.right, box.top], [box.left, box.bottom], [
    box.right,
    box.bottom,
  ]]
    .map(([x = 0, y = 0]) => apply(transform, x, y));
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
}

function toRect(box: Box): Box & { x: number; y: number; width: number; height: number } {
  return {
    ...box,
    x: box.left,
    y: box.top,
    width: box.right - box.left,
    height: box.bottom - box.top,
  };
}
