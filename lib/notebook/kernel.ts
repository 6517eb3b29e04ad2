/**
 * The one place that touches the Deno Jupyter kernel's objects. Outside the kernel (plain `deno run`, a test, a web
 * page) everything here answers "there is none", so code that calls it runs there too.
 */

/** What a cell can show: content by media type, e.g. `{ "text/html": "<b>hi</b>" }`. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The method name by which the kernel asks a value how it wants to be shown. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display");

/** A value that shows itself when it is the last expression of a cell. */
export interface Displayable {
  /** What the front end gets to show. */
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

type AnyFunction = (...args: unknown[]) => unknown;

/** An object whose methods may be looked up and replaced by name. */
export type Methods = Record<PropertyKey, unknown>;

/** True inside the Deno Jupyter kernel. */
export function isNotebook(): boolean {
  return kernelMethods() !== null;
}

/** `Deno.jupyter` (broadcast, display, ...), or null outside the kernel, where reading it throws. */
export function kernelMethods(): Methods | null {
  try {
    const deno: unknown = Reflect.get(globalThis, "Deno");
    if (!isObject(deno)) return null;
    return isObject(deno.jupyter) && isFunction(deno.jupyter.broadcast) ? deno.jupyter : null;
  } catch {
    return null;
  }
}

/** The kernel's own side, with `broadcastResult` which it awaits after each successful cell; null if not found. */
export function kernelInternals(): Methods | null {
  const deno: unknown = Reflect.get(globalThis, "Deno");
  if (!isNotebook() || !isObject(deno) || typeof deno.internal !== "symbol") return null;
  const internals = deno[deno.internal];
  if (!isObject(internals) || !isObject(internals.jupyter)) return null;
  return isFunction(internals.jupyter.broadcastResult) ? internals.jupyter : null;
}

/** Sends one message to the front end, at once (synchronously); does nothing outside the kernel. */
export function broadcast(messageType: string, content: unknown): void {
  const methods = kernelMethods();
  if (methods !== null && isFunction(methods.broadcast)) methods.broadcast(messageType, content);
}

/** Replaces the method `name` by one that calls `before` with the same arguments first. */
export function callBefore(methods: Methods, name: string, before: AnyFunction): void {
  const original = methods[name];
  if (!isFunction(original)) return;
  methods[name] = (...args: unknown[]) => {
    before(...args);
    return Reflect.apply(original, methods, args);
  };
}

/** Whether `value` is an object (not null), so that its properties can be read. */
export function isObject(value: unknown): value is Methods {
  return typeof value === "object" && value !== null;
}

/** Whether `value` can be called. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}
