/**
 * GPU failures in words: memory that is full, an array that is too large, a device that was lost.
 */
import { say, type Text } from "../text/mod.ts";
import type { DeviceUsage } from "./device_usage.ts";

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const SMALLER = {
  en: "Use smaller batches or shorter texts, or --device cpu",
  zh: "请减小批次或缩短文本，或用 --device cpu",
};

type Explain = (numbers: readonly number[], usage: DeviceUsage) => Text;

/**
 * For each kind of failure the pattern of ONNX Runtime's message, with its numbers in brackets,
 * and our explanation.
 */
const FAILURES: readonly (readonly [pattern: RegExp, explain: Explain])[] = [
  [
    /Buffer size \((\d+)\) exceeds the max buffer size limit \((\d+)\)/,
    ([needed, allowed]) => ({
      en: `one array needs ${gib(needed)}, and this GPU allows ${
        gib(allowed)
      } in one. ${SMALLER.en}`,
      zh: `一个数组需要 ${gib(needed)}，而这块 GPU 每个数组最多 ${gib(allowed)}。${SMALLER.zh}`,
    }),
  ],
  [
    /Too many storage buffers in shader\. Current: (\d+), Max is (\d+)/,
    ([needed, allowed]) => ({
      en: `one step needs ${needed} buffers at once, because an array is larger than a buffer ` +
        `may be, and this GPU allows ${allowed}. ${SMALLER.en}`,
      zh: `有的数组超过了单个缓冲区的上限，因此一步要同时用 ${needed} 个缓冲区，` +
        `而这块 GPU 最多允许 ${allowed} 个。${SMALLER.zh}`,
    }),
  ],
  [
    /narrowing_error/,
    () => ({
      en: `one array has more numbers than a kernel can count (${2 ** 32}). ${SMALLER.en}`,
      zh: `一个数组的元素个数超过了内核能计数的上限 (${2 ** 32})。${SMALLER.zh}`,
    }),
  ],
  [
    /OUT_OF_(?:DEVICE|HOST)_MEMORY|out of memory|\[Invalid Buffer[^\]]*\] is invalid due to a previous error/i,
    (_, { arrays, bytes }) => ({
      en: `its memory is full. ${arrays} arrays of ${gib(bytes)} in total are held between ` +
        `programs, and this step needs more than is left. ${SMALLER.en}`,
      zh: `显存已满。程序之间保留着 ${arrays} 个数组，共 ${gib(bytes)}，` +
        `剩余的不够这一步使用。${SMALLER.zh}`,
    }),
  ],
  [
    /device (?:was|is) lost|device lost|DEVICE_LOST/i,
    () => ({
      en: "the GPU was lost: it was reset or removed, or a program took too long. " +
        "Start again from the last checkpoint",
      zh: "GPU 已丢失：它被重置或移除，或者某个程序运行太久。请从上一个检查点重新开始",
    }),
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
    const { en, zh } = explain(found.slice(1).map(Number), usage);
    const message = say({
      en: `Cannot continue on the GPU: ${en}. What was saved before is intact`,
      zh: `无法在 GPU 上继续：${zh}。之前保存的内容完好`,
    });
    return new Error(message, { cause: error });
  }
  return error;
}
