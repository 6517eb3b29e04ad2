/** Arithmetic of unsigned 32-bit words, in doubles that are exact. */

/** The number of different words. */
export const WORD = 2 ** 32;

/**
 * The upper 32 bits of the 64-bit product of two unsigned words; each half is small enough for a
 * double to be exact.
 */
export function upperProduct(a: number, b: number): number {
  const lower = a * (b & 0xffff), upper = a * (b >>> 16);
  return Math.floor((upper + Math.floor(lower / 0x10000)) / 0x10000);
}

/** The lower 32 bits of the product. */
export const lowerProduct = (a: number, b: number): number => Math.imul(a, b) >>> 0;
