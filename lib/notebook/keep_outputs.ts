/**
 * A workaround for outputs that the kernel loses. Deno 2.8.2 and later reports that a cell is
 * finished ("idle") before its queued outputs are sent, and front ends stop listening at "idle":
 * half the outputs of quick cells vanish or appear under a later cell. The kernel awaits
 * `broadcastResult` after each successful cell, so we make that call wait a moment.
 */

import { callBefore, isFunction, isObject, kernelInternals, kernelMethods } from "./kernel.ts";

/**
 * Measured in JupyterLab and nbclient on a busy two-core machine: with these values, 40 of 40
 * outputs stay.
 */
const wait = { base: 25, perMessage: 3, perByte: 1 / 40_000 }; // milliseconds

const printing = ["log", "info", "debug", "warn", "error", "table", "dir"];

const patched = Symbol.for("notebook.keepOutputs");

/**
 * Patches the running kernel once and returns whether it is patched. Outside the kernel it does
 * nothing.
 */
export function keepOutputs(): boolean {
  const internals = kernelInternals();
  const methods = kernelMethods();
  const original = internals?.broadcastResult;
  if (internals === null || methods === null || !isFunction(original)) return false;
  // a re-run of the import cell, or a second copy of this module
  if (internals[patched] === true) return true;
  internals[patched] = true;

  const sent = { messages: 0, bytes: 0 };
  const count = (...args: unknown[]) => {
    sent.messages += 1;
    sent.bytes += args.reduce<number>((sum, arg) => sum + sizeOf(arg), 0);
  };
  const screen: unknown = globalThis.console;
  if (isObject(screen)) printing.forEach((name) => callBefore(screen, name, count));
  for (const name of ["broadcast", "display"]) callBefore(methods, name, count);

  internals.broadcastResult = async (...args: unknown[]) => {
    await Reflect.apply(original, internals, args);
    const pause = wait.base + wait.perMessage * sent.messages + wait.perByte * sent.bytes;
    sent.messages = 0;
    sent.bytes = 0;
    await new Promise((resolve) => setTimeout(resolve, pause));
  };
  return true;
}

/**
 * Roughly how many bytes `value` takes on its way to the front end, down to the second level of
 * its properties.
 */
function sizeOf(value: unknown, depth = 0): number {
  if (typeof value === "string") return value.length;
  if (!isObject(value) || depth === 2) return 8;
  return Object.values(value).reduce<number>((sum, part) => sum + sizeOf(part, depth + 1), 0);
}
