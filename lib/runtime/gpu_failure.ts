/**
 * GPU failures in words: memory that is full, an array that is too large, a device that was lost.
 */
import type { DeviceUsage } from "./device_usage.ts";

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const SMALLER = "Use smaller batches or shorter texts, or --device cpu";

type Explain = (numbers: readonly number[], usage: DeviceUsage) => string;

/**
 * For each kind of failure the pattern of ONNX Runtime's message, with its numbers in brackets,
 * and our explanation.
 */
const FAILURES: readonly (readonly [pattern: RegExp, explain: Explain])[] = [
  [
    /Buffer size \((\d+)\) exceeds the max buffer size limit \((\d+)\)/,
    ([needed, allowed]) =>
      `one array needs ${gib(needed)}, and this GPU allows ${gib(allowed)} in one. ${SMALLER}`,
  ],
  [
    /Too many storage buffers in shader\. Current: (\d+), Max is (\d+)/,
    ([needed, allowed]) =>
      `one step needs ${needed} buffers at once, because an array is larger than a buffer may ` +
      `be, and this GPU allows ${allowed}. ${SMALLER}`,
  ],
  [
    /narrowing_error/,
    () => `one array has more numbers than a kernel can count (${2 ** 32}). ${SMALLER}`,
  ],
  [
    /OUT_OF_(?:DEVICE|HOST)_MEMORY|out of memory|\[Invalid Buffer[^\]]*\] is invalid due to a previous error/i,
    (_, { arrays, bytes }) =>
      `its memory is full. ${arrays} arrays of ${gib(bytes)} in total are held between programs, ` +
      `and this step needs more than is left. ${SMALLER}`,
  ],
  [
    /device (?:was|is) lost|device lost|DEVICE_LOST/i,
    () =>
      "the GPU was lost: it was reset or removed, or a program took too long. " +
      "Start again from the last checkpoint",
  ],
];

/**
 * Explains an error of ONNX Runtime and keeps it as the cause; an unknown error is returned as it
 * is.
 */
export function gpuFailure(error: unknown, usage: DeviceUsage): unknown {
  const text = error instanceof Error ? error.message : String(error);
  for (const [pattern, explain] of FAILURES) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const sentence = explain(found.slice(1).map(Number), usage);
    const message = `Cannot continue on the GPU: ${sentence}. What was saved before is intact`;
    return new Error(message, { cause: error });
  }
  return error;
}
