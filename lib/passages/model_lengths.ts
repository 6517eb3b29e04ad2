/**
 * How long texts may be for a trained model: what was asked for, else what its folder's `settings.json` says, else the tutorial's
 * lengths, as far as the model has positions for them.
 */
import type { ModelFolder } from "../lm/mod.ts";
import type { Lengths } from "./examples.ts";

/** The tutorial's. */
const TUTORIAL: Lengths = { maxLen: 768, queryLen: 64 };

/** A length of the folder's settings, if it has one. */
function ownLength({ settings }: Pick<ModelFolder, "settings">, name: string): number | undefined {
  const value = settings?.[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(
    `Cannot use the model's settings.json: ${name} is ${
      JSON.stringify(value)
    }, and a positive whole number is expected`,
  );
}

/**
 * The lengths to use a model with; `given` is what the user said.
 *
 * @throws {RangeError} If more positions are asked for than the model has, or its `settings.json` holds no length.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const config = { vocabSize: 97, positions: 96, embed: 32, heads: 4, layers: 3, layerNormEpsilon: 1e-5 };
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

/** Throws a RangeError that says what to give instead. */
export function requirePositions(maxLen: number, positions: number): void {
  if (maxLen <= positions) return;
  throw new RangeError(
    `Cannot use max_len ${maxLen}: the model has ${positions} positions; give --max_len ${positions} or less`,
  );
}
