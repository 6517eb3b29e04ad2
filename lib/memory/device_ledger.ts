/**
 * The memory ledger of a PPO run on a GPU, where a program does not write an array that it reads.
 *
 * Weights, Adam's arrays, gradients and caches stay between programs, and `device.usage()` counts
 * the same. Activations and logits live inside a program in ONNX Runtime's own memory, which
 * cannot be measured, so they are estimated as on the CPU.
 */
import type { Settings } from "../settings/mod.ts";
import { GPU_ADAM_ARRAYS } from "./constants.ts";
import { type KnownRun, type LedgerRow, totalOf } from "./ledger.ts";
import { cacheBytes, memoryLedger, trainedBytes, transposedBytes } from "./memory_ledger.ts";

/**
 * The bytes that a GPU holds during each kind of work, without the memory of the process itself.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const sizes = { vocabSize: 21128, positions: 1024, embed: 768, heads: 12, layers: 12 };
 * const base = { ...sizes, layerNormEpsilon: 1e-5 };
 * const ledger = deviceLedger({ policy: base, reward: base }, validateSettings({}));
 * // 7 arrays of each trained weight, and the frozen models
 * equal((heldBytes(ledger) / 2 ** 30).toFixed(1), "6.6");
 * ```
 */
export function deviceLedger(models: KnownRun, settings: Settings): LedgerRow[] {
  const trained = trainedBytes(models);
  return memoryLedger({ ...models, packs: false }, settings).map((row) => {
    const kept = row.phase === "generate" || !settings.spare_memory;
    const bytes = {
      ...row,
      weights: row.weights - (kept ? transposedBytes(models, settings) : 0), // none on a GPU
      adam: GPU_ADAM_ARRAYS * trained,
      // The caches are kept for the next timestep.
      caches: kept ? cacheBytes(models, settings) : 0,
      runtime: 0,
    };
    return { ...bytes, total: totalOf(bytes) };
  });
}

/**
 * The most that is held between programs, in bytes.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const update = { weights: 4, adam: 8, gradients: 4, caches: 0 };
 * equal(heldBytes([update, { ...update, gradients: 0, caches: 6 }]), 18);
 * ```
 */
export const heldBytes = (
  ledger: readonly Pick<LedgerRow, "weights" | "adam" | "gradients" | "caches">[],
): number => Math.max(...ledger.map((row) => row.weights + row.adam + row.gradients + row.caches));
