/**
 * A drawing as SVG text: one function for the live page and for the standing picture, so that both look the same.
 *
 * Scales and line paths are d3's. Colours are Okabe and Ito's (2008) with a second sign beside them (dash, marker, stripe), the
 * background is opaque white, and fonts that have Chinese characters come first.
 */
// @ts-types="npm:@types/d3-scale@4.0.9"
import { scaleBand, type ScaleLinear, scaleLinear } from "d3-scale";
// @ts-types="npm:@types/d3-shape@3.1.8"
import { line } from "d3-shape";
import { escapeHtml } from "./escape.ts";
import type { BarPanel, Curve, CurvePanel, Drawing, DrawnAxis } from "./drawing.ts";

const colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000"];
const font = '"Noto Sans CJK SC","PingFang SC","Microsoft YaHei","WenQuanYi Zen Hei",sans-serif';
const panelWidth = 370, panelHeight = 280; // pixels
const legendLine = 16;

/** The drawing as one `<svg>` element. */
export function drawingSvg({ panels, readout }: Drawing): string {
  const width = panelWidth * panels.length;
  const body = panels.map((panel, index) =>
    `<g transform="translate(${index * panelWidth},0)">${
      isBars(panel) ? barPanel(panel) : curvePanel(panel)
    }</g>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${
    escapeHtml(readout.en)
  }" width="${width}" ` +
    `height="${panelHeight}" viewBox="0 0 ${width} ${panelHeight}" font-family="${
      escapeHtml(font)
    }" font-size="12">` +
    `<rect width="100%" height="100%" fill="#fff"/>${body.join("")}</svg>`;
}

const isBars = (panel: CurvePanel | BarPanel): panel is BarPanel => "labels" in panel;

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const frameBelow = (legendLines: number, left = 58): Frame => ({
  left,
  right: panelWidth - 14,
  top: 10 + legendLine * legendLines,
  bottom: panelHeight - 40,
});

function curvePanel({ x, y, curves }: CurvePanel): string {
  const frame = frameBelow(Math.ceil(curves.length / 2));
  const points = curves.flatMap((curve) => curve.points);
  const scaleX = scaleLinear(rangeOf(x, points.map(([at]) => at)), [frame.left, frame.right]);
  const scaleY = scaleLinear(rangeOf(y, points.map(([, at]) => at)), [frame.bottom, frame.top]);
  const place = ([px, py]: readonly [number, number]): [number, number] => [scaleX(px), scaleY(py)];
  const inside = {
    x: frame.left,
    y: frame.top,
    width: frame.right - frame.left,
    height: frame.bottom - frame.top,
  };
  const drawn = curves.map((curve, index) => curveMarks(curve, { index, place, zero: scaleY(0) }))
    .join("");
  return bottomAxis(x, ticksOf(x, scaleX), frame) + leftAxis(y, ticksOf(y, scaleY), frame) +
    clipped(drawn, inside) + legend(curves);
}

/** An inner `<svg>` cuts off what leaves it, without a name that another drawing of the page might share. */
const clipped = (
  drawn: string,
  { x, y, width, height }: Record<"x" | "y" | "width" | "height", number>,
): string =>
  `<svg x="${x}" y="${y}" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}">${drawn}</svg>`;

interface Pen {
  readonly index: number;
  readonly place: (point: readonly [number, number]) => [number, number];
  /** Where y = 0 is, in pixels. */
  readonly zero: number;
}

function curveMarks({ points, as = "line" }: Curve, { index, place, zero }: Pen): string {
  const color = colorOf(index);
  const isShown = (point: readonly number[]) => point.every(Number.isFinite);
  if (as === "dots" || as === "stems") {
    return points.filter(isShown).map(place).map(([x, y]) =>
      (as === "stems"
        ? `<path d="M${n(x)},${n(zero)}V${n(y)}" stroke="${color}" stroke-width="2"/>`
        : "") +
      marker(x, y, index)
    ).join("");
  }
  const dash = as === "dashed" ? ' stroke-dasharray="6 4"' : "";
  const path = line().defined(isShown)(
    points.map(place).map(([x, y]) => [Number(n(x)), Number(n(y))]),
  );
  return `<path d="${path ?? ""}" fill="none" stroke="${color}" stroke-width="2.2"${dash}/>`;
}

/** A dot whose form tells series apart too: circle, square, diamond. */
function marker(x: number, y: number, index: number): string {
  const color = colorOf(index);
  if (index % 3 === 0) return `<circle cx="${n(x)}" cy="${n(y)}" r="4.5" fill="${color}"/>`;
  const turn = index % 3 === 2 ? ` transform="rotate(45 ${n(x)} ${n(y)})"` : "";
  return `<rect x="${n(x - 4)}" y="${n(y - 4)}" width="8" height="8" fill="${color}"${turn}/>`;
}

function barPanel({ labels, x, series }: BarPanel): string {
  const longest = Math.max(...labels.map(textWidth));
  const frame = frameBelow(
    series.length > 1 ? Math.ceil(series.length / 2) : 0,
    Math.min(150, 20 + longest),
  );
  const scaleX = scaleLinear(rangeOf(x, series.flatMap(({ values }) => [0, ...values])), [
    frame.left,
    frame.right,
  ]);
  const rows = scaleBand(labels.map((_, index) => index), [frame.top, frame.bottom]).padding(0.2);
  const inner = scaleBand(series.map((_, index) => index), [0, rows.bandwidth()]);
  const bar = (value: number, row: number, index: number) => {
    const [from, to] = [scaleX(Math.min(0, value)), scaleX(Math.max(0, value))];
    const top = (rows(row) ?? 0) + (inner(index) ?? 0);
    const shape = `x="${n(from)}" y="${n(top)}" width="${n(to - from)}" height="${
      n(inner.bandwidth())
    }"`;
    return `<rect ${shape} fill="${colorOf(index)}"${
      index % 2 === 1 ? ' fill-opacity="0.75"' : ""
    }/>`;
  };
  const names = labels.map((name, row) =>
    `<text x="${frame.left - 6}" y="${
      n((rows(row) ?? 0) + rows.bandwidth() / 2 + 4)
    }" text-anchor="end">${escapeHtml(name)}</text>`
  );
  const bars = series.flatMap(({ values }, index) =>
    values.map((value, row) => bar(value, row, index))
  );
  return bottomAxis(x, scaleX.ticks(5).map((at) => [scaleX(at), label(at)]), frame) +
    names.join("") +
    bars.join("") +
    (series.length > 1 ? legend(series) : "");
}

type Tick = readonly [position: number, text: string];

/** Where an axis is marked: at its names, or else at about six round numbers. */
function ticksOf({ names }: DrawnAxis, scale: ScaleLinear<number, number>): Tick[] {
  if (names !== undefined) return names.map((name, at) => [scale(at), escapeHtml(name)]);
  return scale.ticks(6).map((at) => [scale(at), label(at)]);
}

function bottomAxis({ title }: DrawnAxis, ticks: readonly Tick[], frame: Frame): string {
  const marks = ticks.map(([at, text]) =>
    `<path d="M${n(at)},${frame.top}V${frame.bottom}" stroke="#e4e4e4"/>` +
    `<text x="${n(at)}" y="${frame.bottom + 15}" text-anchor="middle" fill="#444">${text}</text>`
  );
  return marks.join("") +
    `<path d="M${frame.left},${frame.bottom}H${frame.right}" stroke="#888"/>` +
    `<text x="${(frame.left + frame.right) / 2}" y="${
      panelHeight - 8
    }" text-anchor="middle" fill="#222">${escapeHtml(title)}</text>`;
}

function leftAxis({ title }: DrawnAxis, ticks: readonly Tick[], frame: Frame): string {
  const marks = ticks.map(([at, text]) =>
    `<path d="M${frame.left},${n(at)}H${frame.right}" stroke="#e4e4e4"/>` +
    `<text x="${frame.left - 6}" y="${n(at + 4)}" text-anchor="end" fill="#444">${text}</text>`
  );
  const middle = (frame.top + frame.bottom) / 2;
  return marks.join("") + `<path d="M${frame.left},${frame.top}V${frame.bottom}" stroke="#888"/>` +
    `<text transform="translate(14,${middle}) rotate(-90)" text-anchor="middle" fill="#222">${
      escapeHtml(title)
    }</text>`;
}

/** Two names a line. */
function legend(series: readonly { readonly name: string; readonly as?: Curve["as"] }[]): string {
  return series.map(({ name, as = "line" }, index) => {
    const x = 58 + (index % 2) * 150, y = 12 + Math.floor(index / 2) * legendLine;
    const sign = as === "dots" || as === "stems"
      ? marker(x + 8, y - 4, index)
      : `<path d="M${x},${y - 4}h18" stroke="${colorOf(index)}" stroke-width="3"${
        as === "dashed" ? ' stroke-dasharray="6 4"' : ""
      }/>`;
    return `${sign}<text x="${x + 23}" y="${y}" fill="#222">${escapeHtml(name)}</text>`;
  }).join("");
}

function rangeOf({ range }: DrawnAxis, values: readonly number[]): [number, number] {
  if (range !== undefined) return [range[0], range[1]];
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

const colorOf = (index: number): string => colors[index % colors.length];

/** Pixels with two digits. */
const n = (value: number): string => String(Math.round(value * 100) / 100);

const label = (value: number): string => String(Number(value.toPrecision(6)));

/** A Chinese character is about as wide as the font is high, a Latin one about half. */
const textWidth = (text: string): number =>
  Array.from(text).reduce(
    (sum, character) => sum + ((character.codePointAt(0) ?? 0) >= 0x2e80 ? 12 : 7),
    0,
  );
