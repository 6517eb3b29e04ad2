/**
 * Makes the notebook's Stop button stop a training loop instead of killing the kernel. Stop sends
 * SIGINT, which ends a Deno process without a listener. We listen, and turn it into an abort
 * signal that loops check at each step:
 *
 *     const signal = interruptSignal();
 *     for (const step of steps) { signal.throwIfAborted(); ... }
 *
 * The cell then ends with "AbortError: Interrupted by user" and every variable is still there. A
 * loop that never awaits cannot be stopped in this way, because the signal's listener never runs.
 */

import { isNotebook } from "./kernel.ts";

/** One for the whole kernel: Stop interrupts whatever is running, and the kernel has one SIGINT. */
let controller = new AbortController();
let listening = false;

/**
 * The signal that the next Stop aborts. Call this once at the start of each loop: after a Stop a
 * new signal replaces the old one, so the next run is not affected. Outside a notebook it never
 * aborts, and Ctrl+C ends the process.
 */
export function interruptSignal(): AbortSignal {
  listenForStop();
  return controller.signal;
}

/** Starts to listen, once; does nothing outside the kernel. */
export function listenForStop(): void {
  if (listening || !isNotebook()) return;
  listening = true;
  Deno.addSignalListener("SIGINT", () => {
    const stopped = controller;
    controller = new AbortController();
    stopped.abort(new DOMException("Interrupted by user", "AbortError"));
  });
}
