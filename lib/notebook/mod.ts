/**
 * What a notebook needs beyond the library: outputs that are not lost, a Stop button that keeps
 * the kernel alive, pictures that change in place, and the language of what it shows. Importing
 * this module installs the first two; import it in the first cell.
 *
 * @module
 */

import { listenForStop } from "./interrupt.ts";
import { keepOutputs } from "./keep_outputs.ts";

export { interruptSignal } from "./interrupt.ts";
export { isNotebook } from "./kernel.ts";
export * from "./live_display.ts";
export { writeSummary } from "./summary.ts";
export { speak } from "../text/mod.ts";

keepOutputs();
listenForStop();
