/**
 * What a notebook needs beyond the library: outputs that are not lost, a Stop button that keeps
 * the kernel alive, and pictures that change in place. Importing this module installs the first
 * two; import it in the first cell.
 *
 * @module
 */

import { listenForStop } from "./interrupt.ts";
import { keepOutputs } from "./keep_outputs.ts";

export { interruptSignal } from "./interrupt.ts";
export { isNotebook } from "./kernel.ts";
export * from "./live_display.ts";
export { writeSummary } from "./summary.ts";

keepOutputs();
listenForStop();
