/** What went wrong on a GPU, in words: memory that is full, an array that is too large, a device that was lost. */
import type { DeviceUsage } from "./device_usage.ts";

/** A kind of failure: how ONNX Runtime's text tells it (its numbers in brackets), and what to say. */
interface Failure {
  readonly pattern: RegExp;
  readonly says: (numbers: readonly number[], usage: DeviceUsage) => string;
}

const GIB = 2 ** 30;
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(2)} GiB`;
const SMALLER = "Use smaller batches or shorter texts, or --device cpu";

const FAILURES: readonly Failure[] = [
  {
    pattern: /Buffer size \((\d+)\) exceeds the max buffer size limit \((\d+)\)/,
    says: ([wanted, allowed]) =>
      `one array of ${gib(wanted)} is wanted, and this GPU allows ${
        gib(allowed)
      } in one. ${SMALLER}`,
  },
  {
    pattern: /Too many storage buffers in shader\. Current: (\d+), Max is (\d+)/,
    says: ([wanted, allowed]) =>
      `one step needs ${wanted} pieces of memory at once, since an array is larger than a piece may be, and this GPU allows ${allowed}. ${SMALLER}`,
  },
  {
    pattern: /narrowing_error/,
    says: () => `one array has more numbers than a kernel can count (${2 ** 32}). ${SMALLER}`,
  },
  {
    pattern:
      /OUT_OF_(?:DEVICE|HOST)_MEMORY|out of memory|\[Invalid Buffer[^\]]*\] is invalid due to a previous error/i,
    says: (_, { arrays, bytes }) =>
      `its memory is full; ${arrays} arrays of ${
        gib(bytes)
      } in all are held between programs, and this step needs more than is left. ${SMALLER}`,
  },
  {
    pattern: /device (?:was|is) lost|device lost|DEVICE_LOST/i,
    says: () =>
      "the GPU was lost: it was reset, taken away or a program took too long. Start again from the last checkpoint",
  },
];

/** An error of ONNX Runtime's, with a sentence in front of its own words where it is known. */
export function gpuFailure(error: unknown, usage: DeviceUsage): unknown {
  const text = error instanceof Error ? error.message : String(error);
  for (const { pattern, says } of FAILURES) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const sentence = says(found.slice(1).map(Number), usage);
    return new Error(`Cannot continue on the GPU: ${sentence}. What was saved before is intact`, {
      cause: error,
    });
  }
  return error;
}
