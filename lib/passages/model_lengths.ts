/**
 * The maximum lengths of texts for a trained model. What the user gives comes first, then the
 * folder's `settings.json`, then the tutorial's lengths, cut to the model's positions.
 */
import type { ModelFolder } from "../lm/mod.ts";
import type { Lengths } from "./examples.ts";

/** The tutorial's lengths. */
const TUTORIAL: Lengths = { maxLen: 768, queryLen: 64 };

/** A length in the folder's settings, if there is one. */
function ownLength({ settings }: Pick<ModelFolder, "settings">, name: string): number | undefined {
  const value = settings?.[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  const found = `${name} is ${JSON.stringify(value)}, and a positive whole number is expected`;
  throw new RangeError(`Cannot use the model's settings.json: ${found}`);
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
  const found = `the model has ${positions} positions; give --max_len ${positions} or less`;
  throw new RangeError(`Cannot use max_len ${maxLen}: ${found}`);
}
