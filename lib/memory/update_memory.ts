/** The memory policy of an update, whose gradients need the same arrays again and again. */
import type { Gpt2Config } from "../lm/mod.ts";
import { keepLittleMemory, keepMuchMemory, trimMemory } from "../runtime/mod.ts";
import { isLarge } from "./model_bytes.ts";

/**
 * Whether an update keeps freed memory for its next pass, which is faster
 * (`lib/runtime/host_memory.ts`).
 */
export const keepsFreed = (policy: Gpt2Config, spareMemory: boolean): boolean =>
  isLarge(policy) && !spareMemory;

/** Begins an update; the returned function ends it. */
export type BeginUpdate = () => () => void;

/** Lets the C library keep freed memory while a large model is updated. */
export function updateMemory(
  policy: Gpt2Config,
  { spareMemory }: { readonly spareMemory: boolean },
): BeginUpdate {
  const large = isLarge(policy), keeps = keepsFreed(policy, spareMemory);
  return () => {
    if (keeps) keepMuchMemory();
    return () => {
      if (large) keepLittleMemory();
      if (large || spareMemory) trimMemory();
    };
  };
}
