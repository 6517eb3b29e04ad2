/**
 * Sine and cosine of small float32 angles as NumPy computes them: polynomials in float32, which
 * differ from the correctly rounded value for about one angle in two thousand.
 *
 *     cos x = 1 - x²/2 + c4 x⁴ + c6 x⁶ + c8 x⁸
 *     sin x = x + x (s3 x² + s5 x⁴ + s7 x⁶ + s9 x⁸)
 *
 * The coefficients are those of NumPy 2.4 on processors with fused multiply-add
 * (`loops_trigonometric.dispatch.cpp`). Larger angles, which NumPy reduces first, are left out.
 */
const COSINE = [0x198e616 * 2 ** -40, -0x16c06dc * 2 ** -34, 0x155553c * 2 ** -29, -0.5, 1];
const SINE = [
  0x17d3bbc * 2 ** -43,
  -0x1a06bba * 2 ** -37,
  0x111119a * 2 ** -31,
  -0x1555556 * 2 ** -27,
];

const { fround } = Math;

/** x y + z, rounded once to float32: the product is exact in a double. */
const fused = (x: number, y: number, z: number): number => fround(x * y + z);

/** Horner's method. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => fused(sum, x, coefficient));

/** The float32 cosine of a float32 angle in [-pi/4, pi/4]. */
export const cosFloat32 = (x: number): number => polynomial(COSINE, fround(x * x));

/** The float32 sine of a float32 angle in [-pi/4, pi/4]. */
export function sinFloat32(x: number): number {
  const square = fround(x * x);
  return fused(fround(polynomial(SINE, square) * square), x, x);
}
