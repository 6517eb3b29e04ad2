/**
 * Tests that need a process to themselves: `deno task test` runs the files that import this module, or `webgpu.ts`, one after the
 * other. What others allocate in the same process would count as theirs.
 */
import { ok } from "node:assert/strict";

/** Does some work and asserts that the process has not grown by `bytes` or more. */
export async function inBoundedMemory(bytes: number, use: () => Promise<void>): Promise<void> {
  const before = Deno.memoryUsage().rss;
  await use();
  const grown = Deno.memoryUsage().rss - before;
  ok(grown < bytes, `the process grew by ${grown} bytes`);
}
