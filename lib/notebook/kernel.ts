/**
 * The only file that touches the Deno Jupyter kernel's objects. Outside the kernel (a script, a
 * test, a web page) every function here does nothing or returns null, so code that calls
 * it also runs there.
 */

type AnyFunction = (...args: unknown[]) => unknown;

/** An object whose methods may be looked up and replaced by name. */
export type Methods = Record<PropertyKey, unknown>;

/** Whether this is the Deno Jupyter kernel. */
export const isNotebook = (): boolean => kernelMethods() !== null;

/**
 * `Deno.jupyter` (broadcast, display, ...), or null outside the kernel, where reading it throws.
 */
export function kernelMethods(): Methods | null {
  try {
    const methods: unknown = Reflect.get(Deno, "jupyter");
    return isObject(methods) && isFunction(methods.broadcast) ? methods : null;
  } catch {
    return null;
  }
}

/**
 * The kernel's internal side, whose `broadcastResult` it awaits after each successful cell; null
 * if it is not found.
 */
export function kernelInternals(): Methods | null {
  const symbol: unknown = isNotebook() ? Reflect.get(Deno, "internal") : null;
  const internals: unknown = typeof symbol === "symbol" ? Reflect.get(Deno, symbol) : null;
  if (!isObject(internals) || !isObject(internals.jupyter)) return null;
  return isFunction(internals.jupyter.broadcastResult) ? internals.jupyter : null;
}

/** Sends one message to the front end synchronously; does nothing outside the kernel. */
export function broadcast(messageType: string, content: unknown): void {
  const methods = kernelMethods();
  if (methods !== null && isFunction(methods.broadcast)) methods.broadcast(messageType, content);
}

/** Makes the method `name` call `before` with the same arguments first. */
export function callBefore(methods: Methods, name: string, before: AnyFunction): void {
  const original = methods[name];
  if (!isFunction(original)) return;
  methods[name] = (...args: unknown[]) => {
    before(...args);
    return Reflect.apply(original, methods, args);
  };
}

/** Whether `value` is an object (not null), so that its properties can be read. */
export const isObject = (value: unknown): value is Methods =>
  typeof value === "object" && value !== null;

/** Whether `value` can be called. */
export const isFunction = (value: unknown): value is AnyFunction => typeof value === "function";
