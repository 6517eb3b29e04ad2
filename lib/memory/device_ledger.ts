/**
 * How much of a GPU's memory a PPO run takes, before it begins: the table of `memory_ledger.ts` for a device that writes where nothing
 * is read.
 *
 * Weights, Adam, gradients and caches are arrays that stay between programs; `device.usage()` counts the same. Activations and logits
 * live inside a program, in ONNX Runtime's own memory, which no one can ask: they are counted as on the CPU.
 */
import { type LedgerRow, type LedgerSettings, type ModelShapes, totalOf } from "./ledger_row.ts";
import { cacheBytes, frozenBytes, memoryLedger } from "./memory_ledger.ts";
import { weightBytes } from "./model_bytes.ts";

/** Two moments, and where a step writes the next weights and moments: a GPU does not write a buffer that it reads. */
const ADAM_ARRAYS = 2 + 3;

/**
 * What a GPU holds during each kind of work, in bytes; the process's own memory is not in it.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const base = { vocabSize: 21128, positions: 1024, embed: 768, heads: 12, layers: 12, layerNormEpsilon: 1e-5 };
 * const ledger = deviceLedger({ policy: base, reward: base }, validateSettings({}));
 * equal((heldBytes(ledger) / 2 ** 30).toFixed(1), "6.6"); // 7 arrays of each weight that is trained, and the frozen models
 * ```
 */
export function deviceLedger(models: ModelShapes, settings: LedgerSettings): LedgerRow[] {
  const trained = weightBytes(models.policy) + weightBytes(models.reward, { valueHead: true });
  const frozen = frozenBytes(models, settings);
  const cache = cacheBytes(models, settings);
  return memoryLedger(models, settings).map((row) => {
    const generates = row.phase === "generate";
    const bytes = {
      ...row,
      weights: generates ? trained + frozen : row.weights, // none is turned
      adam: ADAM_ARRAYS * trained,
      caches: generates || !settings.spare_memory ? cache : 0, // kept for the next timestep
      runtime: 0,
    };
    return { ...bytes, total: totalOf(bytes) };
  });
}

/** The most that is held between programs. */
export const heldBytes = (ledger: readonly LedgerRow[]): number =>
  Math.max(
    ...ledger.map(({ weights, adam, gradients, caches }) => weights + adam + gradients + caches),
  );
