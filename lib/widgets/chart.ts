/**
 * A drawing as SVG text: one function for the live page and for the static picture, so that both
 * look the same.
 *
 * Scales and line paths are d3's. Colours are Okabe and Ito's (2008) with a second sign beside
 * them (dash, marker, stripe), the background is opaque white, and fonts that have Chinese
 * characters come first.
 */
// @ts-types="npm:@types/d3-scale@4.0.9"
import { scaleBand, type ScaleLinear, scaleLinear } from "d3-scale";
// @ts-types="npm:@types/d3-shape@3.1.8"
import { line } from "d3-shape";
import { escapeHtml, textWidth } from "../display/mod.ts";
import { type Language, type Words, wordsIn } from "../text/mod.ts";
import type { BarPanel, Curve, CurvePanel, Drawing, DrawnAxis } from "./drawing.ts";

const colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000"];
const font = '"Noto Sans CJK SC","PingFang SC","Microsoft YaHei","WenQuanYi Zen Hei",sans-serif';
const panelWidth = 370, panelHeight = 280; // pixels
const legendLine = 16;

/** Draws one `<svg>` element, with its texts in one language. */
export function drawingSvg({ panels, readout }: Drawing, language: Language): string {
  const width = panelWidth * panels.length;
  const write: Write = (words) => escapeHtml(wordsIn(words, language));
  const body = panels.map((panel, index) => {
    const drawn = "labels" in panel ? barPanel(panel, write) : curvePanel(panel, write);
    return `<g transform="translate(${index * panelWidth},0)">${drawn}</g>`;
  });
  const label = write(readout);
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" ` +
    `width="${width}" height="${panelHeight}" viewBox="0 0 ${width} ${panelHeight}" ` +
    `font-family="${escapeHtml(font)}" font-size="12">` +
    `<rect width="100%" height="100%" fill="#fff"/>${body.join("")}</svg>`;
}

/** Words as SVG text in the language of the drawing. */
type Write = (words: Words) => string;

/** The sides of a panel's axes, in pixels. */
type Frame = Readonly<Record<"left" | "right" | "top" | "bottom", number>>;

/** The place of the axes below a legend for so many series, two in a line. */
const frameBelow = (series: number, left = 58): Frame => ({
  left,
  right: panelWidth - 14,
  top: 10 + legendLine * Math.ceil(series / 2),
  bottom: panelHeight - 40,
});

function curvePanel({ x, y, curves }: CurvePanel, write: Write): string {
  const frame = frameBelow(curves.length);
  const { left, right, top, bottom } = frame;
  const points = curves.flatMap((curve) => curve.points);
  const scaleX = scaleLinear(rangeOf(x, points.map(([at]) => at)), [left, right]);
  const scaleY = scaleLinear(rangeOf(y, points.map(([, at]) => at)), [bottom, top]);
  const pen: Pen = { place: ([px, py]) => [scaleX(px), scaleY(py)], zero: scaleY(0) };
  const size = `width="${right - left}" height="${bottom - top}"`;
  // an inner <svg> clips its content without an id, which another drawing of the page might share
  const clip = `<svg x="${left}" y="${top}" ${size} ` +
    `viewBox="${left} ${top} ${right - left} ${bottom - top}">`;
  const drawn = curves.map((curve, index) => curveMarks(curve, index, pen)).join("");
  return bottomAxis(write(x.title), ticksOf(x, scaleX), frame) +
    leftAxis(write(y.title), ticksOf(y, scaleY), frame) +
    `${clip}${drawn}</svg>${legend(curves, write)}`;
}

interface Pen {
  readonly place: (point: readonly [number, number]) => [number, number];
  /** Where y = 0 is, in pixels. */
  readonly zero: number;
}

const isDotted = (as: Curve["as"]): boolean => as === "dots" || as === "stems";
const dashOf = (as: Curve["as"]): string => as === "dashed" ? ' stroke-dasharray="6 4"' : "";

function curveMarks({ points, as }: Curve, index: number, { place, zero }: Pen): string {
  const color = colorOf(index);
  const isShown = (point: readonly number[]) => point.every(Number.isFinite);
  if (isDotted(as)) {
    const stem = (x: number, y: number) =>
      `<path d="M${n(x)},${n(zero)}V${n(y)}" stroke="${color}" stroke-width="2"/>`;
    return points.filter(isShown).map(place)
      .map(([x, y]) => (as === "stems" ? stem(x, y) : "") + marker(x, y, index)).join("");
  }
  const rounded = points.map(place).map(([x, y]): [number, number] => [Number(n(x)), Number(n(y))]);
  const path = line().defined(isShown)(rounded) ?? "";
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2.2"${dashOf(as)}/>`;
}

/** A dot whose shape distinguishes series too: circle, square, diamond. */
function marker(x: number, y: number, index: number): string {
  const color = colorOf(index);
  if (index % 3 === 0) return `<circle cx="${n(x)}" cy="${n(y)}" r="4.5" fill="${color}"/>`;
  const turn = index % 3 === 2 ? ` transform="rotate(45 ${n(x)} ${n(y)})"` : "";
  return `<rect x="${n(x - 4)}" y="${n(y - 4)}" width="8" height="8" fill="${color}"${turn}/>`;
}

function barPanel({ labels, x, series }: BarPanel, write: Write): string {
  const longest = Math.max(...labels.map((text) => textWidth(text, { wide: 12, narrow: 7 })));
  const frame = frameBelow(series.length > 1 ? series.length : 0, Math.min(150, 20 + longest));
  const range = rangeOf(x, series.flatMap(({ values }) => [0, ...values]));
  const scale = scaleLinear(range, [frame.left, frame.right]);
  const rows = scaleBand(labels.keys(), [frame.top, frame.bottom]).padding(0.2);
  const inner = scaleBand(series.keys(), [0, rows.bandwidth()]);
  const topOf = (row: number) => rows(row) ?? 0;
  const bar = (value: number, row: number, index: number) => {
    const [from, to] = [scale(Math.min(0, value)), scale(Math.max(0, value))];
    const top = topOf(row) + (inner(index) ?? 0);
    const size = `width="${n(to - from)}" height="${n(inner.bandwidth())}"`;
    const opacity = index % 2 === 1 ? ' fill-opacity="0.75"' : "";
    return `<rect x="${n(from)}" y="${n(top)}" ${size} fill="${colorOf(index)}"${opacity}/>`;
  };
  const names = labels.map((name, row) => {
    const y = n(topOf(row) + rows.bandwidth() / 2 + 4);
    return `<text x="${frame.left - 6}" y="${y}" text-anchor="end">${escapeHtml(name)}</text>`;
  });
  const bars = series.flatMap(({ values }, index) =>
    values.map((value, row) => bar(value, row, index))
  );
  return bottomAxis(write(x.title), ticksOf(x, scale, 5), frame) + names.join("") +
    bars.join("") + (series.length > 1 ? legend(series, write) : "");
}

type Tick = readonly [position: number, text: string];

/** Where an axis is marked: at its names, or else at about `count` round numbers. */
const ticksOf = ({ names }: DrawnAxis, scale: ScaleLinear<number, number>, count = 6): Tick[] =>
  names?.map((name, at) => [scale(at), escapeHtml(name)]) ??
    scale.ticks(count).map((at) => [scale(at), String(Number(at.toPrecision(6)))]);

function bottomAxis(title: string, ticks: readonly Tick[], frame: Frame): string {
  const { left, right, top, bottom } = frame;
  const marks = ticks.map(([at, text]) =>
    `<path d="M${n(at)},${top}V${bottom}" stroke="#e4e4e4"/>` +
    `<text x="${n(at)}" y="${bottom + 15}" text-anchor="middle" fill="#444">${text}</text>`
  );
  const place = `x="${(left + right) / 2}" y="${panelHeight - 8}"`;
  return `${marks.join("")}<path d="M${left},${bottom}H${right}" stroke="#888"/>` +
    `<text ${place} text-anchor="middle" fill="#222">${title}</text>`;
}

function leftAxis(title: string, ticks: readonly Tick[], frame: Frame): string {
  const { left, right, top, bottom } = frame;
  const marks = ticks.map(([at, text]) =>
    `<path d="M${left},${n(at)}H${right}" stroke="#e4e4e4"/>` +
    `<text x="${left - 6}" y="${n(at + 4)}" text-anchor="end" fill="#444">${text}</text>`
  );
  const place = `transform="translate(14,${(top + bottom) / 2}) rotate(-90)"`;
  return `${marks.join("")}<path d="M${left},${top}V${bottom}" stroke="#888"/>` +
    `<text ${place} text-anchor="middle" fill="#222">${title}</text>`;
}

/** Two names in a line. */
const legend = (
  series: readonly { readonly name: Words; readonly as?: Curve["as"] }[],
  write: Write,
): string =>
  series.map(({ name, as }, index) => {
    const x = 58 + (index % 2) * 150, y = 12 + Math.floor(index / 2) * legendLine;
    const stroke = `stroke="${colorOf(index)}" stroke-width="3"${dashOf(as)}`;
    const sign = isDotted(as)
      ? marker(x + 8, y - 4, index)
      : `<path d="M${x},${y - 4}h18" ${stroke}/>`;
    return `${sign}<text x="${x + 23}" y="${y}" fill="#222">${write(name)}</text>`;
  }).join("");

function rangeOf({ range }: DrawnAxis, values: readonly number[]): [number, number] {
  if (range !== undefined) return [range[0], range[1]];
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

const colorOf = (index: number): string => colors[index % colors.length];

/** Pixels with two digits. */
const n = (value: number): string => String(Math.round(value * 100) / 100);
