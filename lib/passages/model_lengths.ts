/**
 * The maximum lengths of texts for a trained model. What the user gives comes first, then the
 * folder's `settings.json`, then the tutorial's lengths, cut to the model's positions.
 */
import type { ModelFolder } from "../lm/mod.ts";
import { say } from "../text/mod.ts";
import type { Lengths } from "./examples.ts";

/** The tutorial's lengths. */
const TUTORIAL: Lengths = { maxLen: 768, queryLen: 64 };

/** A length in the folder's settings, if there is one. */
function ownLength({ settings }: Pick<ModelFolder, "settings">, name: string): number | undefined {
  const value = settings?.[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  const shown = JSON.stringify(value);
  throw new RangeError(say({
    en: `Cannot use the model's settings.json: ` +
      `${name} is ${shown}, and a positive whole number is expected`,
    zh: `不能使用模型的 settings.json：${name} 是 ${shown}，应为正整数`,
  }));
}

/**
 * The lengths to use a model with; `given` are the user's own.
 *
 * @throws {RangeError} If `given` needs more positions than the model has, or a length in its
 * `settings.json` is no positive whole number.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const size = { vocabSize: 97, positions: 96, embed: 32, heads: 4, layers: 3 };
 * const config = { ...size, layerNormEpsilon: 1e-5 };
 * deepEqual(modelLengths({ config }), { maxLen: 96, queryLen: 64 }); // the tutorial's 768, cut
 * deepEqual(modelLengths({ config, settings: { query_len: 24 } }), { maxLen: 96, queryLen: 24 });
 * deepEqual(modelLengths({ config }, { maxLen: 80, queryLen: 8 }), { maxLen: 80, queryLen: 8 });
 * ```
 */
export function modelLengths(
  folder: Pick<ModelFolder, "config" | "settings">,
  given: { readonly maxLen?: number | undefined; readonly queryLen?: number | undefined } = {},
): Lengths {
  const { positions } = folder.config;
  if (given.maxLen !== undefined) requirePositions(given.maxLen, positions);
  return {
    maxLen: given.maxLen ?? Math.min(positions, ownLength(folder, "max_len") ?? TUTORIAL.maxLen),
    queryLen: given.queryLen ?? ownLength(folder, "query_len") ?? TUTORIAL.queryLen,
  };
}

/**
 * Checks that a model has enough positions.
 *
 * @throws {RangeError} If it has fewer than `maxLen`.
 */
export function requirePositions(maxLen: number, positions: number): void {
  if (maxLen <= positions) return;
  throw new RangeError(say({
    en: `Cannot use max_len ${maxLen}: ` +
      `the model has ${positions} positions; give --max_len ${positions} or less`,
    zh: `不能使用 max_len ${maxLen}：模型只有 ${positions} 个位置；` +
      `请给出不超过 ${positions} 的 --max_len`,
  }));
}
