/**
 * sin x in sums and products, for WebGPU. Its own sin is guaranteed only to within 2^-11 between
 * -pi and pi, and not at all outside (WGSL specification, accuracy of built-in functions), so that
 * gradients would differ from those of the CPU in the fourth digit.
 *
 * With k the whole number next to x / pi and r = x - k pi, at most pi/2 away from 0: sin x = (-1)^k
 * sin r, and sin r = r - r^3/3! + r^5/5! - ... + - r^11/11!, whose next term is below 6e-8.
 */
import type { Emitter } from "./emitter.ts";

/**
 * pi in three parts, of which the first two have so few digits that k times them is exact in
 * float32 for |x| below 10,000.
 */
const PI_PARTS = [3.140625, 0.000967502593994140625, 1.50995798975373e-7];

/** 1 / 11!, 1 / 9!, ... with their signs, largest power first. */
const TERMS = [-1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1];

/** Emits sin of the value called `x`. */
export function emitSine(emitter: Emitter, x: string): string {
  const number = (value: number) => emitter.constant([value], [], "float32");
  const op = (operator: "Add" | "Sub" | "Mul", a: string, b: string | number) =>
    emitter.emit(operator, [a, typeof b === "string" ? b : number(b)]);
  const floor = (name: string) => emitter.emit("Floor", [name]);
  const k = floor(op("Add", op("Mul", x, 1 / Math.PI), 0.5));
  const r = PI_PARTS.reduce((rest, part) => op("Sub", rest, op("Mul", k, part)), x);
  const square = op("Mul", r, r);
  const [first, ...terms] = TERMS;
  const series = terms.reduce(
    (sum, term) => op("Add", op("Mul", square, sum), term),
    number(first),
  );
  const odd = op("Sub", k, op("Mul", floor(op("Mul", k, 0.5)), 2)); // 0 or 1
  return op("Mul", op("Mul", r, series), op("Add", op("Mul", odd, -2), 1));
}
