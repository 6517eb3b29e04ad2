/** The memory policy of an update: its gradients need the same arrays again and again. */
import type { Gpt2Config } from "../lm/mod.ts";
import { keepLittleMemory, keepMuchMemory, trimMemory } from "../runtime/mod.ts";
import { keepsFreed } from "./memory_ledger.ts";
import { isLarge } from "./model_bytes.ts";

/** Lets the C library keep freed memory while a large model is updated; the function that is returned ends that. */
export function updateMemory(
  policy: Gpt2Config,
  { spareMemory }: { readonly spareMemory: boolean },
): () => void {
  const large = isLarge(policy);
  if (keepsFreed(policy, { spare_memory: spareMemory })) keepMuchMemory();
  return () => {
    if (large) keepLittleMemory();
    if (large || spareMemory) trimMemory();
  };
}
