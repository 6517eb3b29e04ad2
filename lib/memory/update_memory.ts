/** Memory handling of an update: its gradients need the same arrays again and again. */
import type { Gpt2Config } from "../lm/mod.ts";
import { keepLittleMemory, keepMuchMemory, trimMemory } from "../runtime/mod.ts";
import { isLarge } from "./model_bytes.ts";

/** Begins an update; the function that is returned ends it. */
export type BeginUpdate = () => () => void;

/** Lets the C library keep freed memory while a large model is updated. */
export function updateMemory(
  policy: Gpt2Config,
  { spareMemory }: { readonly spareMemory: boolean },
): BeginUpdate {
  const large = isLarge(policy);
  return () => {
    if (large && !spareMemory) keepMuchMemory();
    return () => {
      if (large) keepLittleMemory();
      if (large || spareMemory) trimMemory();
    };
  };
}
