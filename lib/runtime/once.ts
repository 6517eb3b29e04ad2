/**
 * Calls `open` at the first use and keeps its result, or undefined where it throws: for libraries
 * that are not on every system, or that a process may not call.
 */
export function openedOnce<T>(open: () => T | undefined): () => T | undefined {
  let result: { readonly opened: T | undefined } | undefined;
  return () => {
    try {
      result ??= { opened: open() };
    } catch {
      result = { opened: undefined };
    }
    return result.opened;
  };
}
