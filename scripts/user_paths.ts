/**
 * Relative paths count from the folder in which the user typed the command.
 *
 * `deno task` changes to the project's folder before it starts a command, and leaves the user's
 * folder in INIT_CWD. A command that was started without `deno task` already works in it.
 */
import { relative, resolve } from "node:path";
import { pathOf } from "../lib/course/mod.ts";

/** Settings that are paths of this machine. */
const isPath = (name: string): boolean => /(_path|_dir)$|^(file|resume|output)$/.test(name);

/** Whether two paths lead to the same folder. */
const isSame = (a: string, b: string): boolean => relative(a, b) === "";

/**
 * The given settings with relative paths resolved against `from`; unchanged if the command works
 * there.
 */
export function withUserPaths<Given extends { [name: string]: unknown }>(
  given: Given,
  { from = Deno.env.get("INIT_CWD"), cwd = Deno.cwd(), project = pathOf(".") }: {
    from?: string | undefined;
    cwd?: string;
    project?: string;
  } = {},
): Given {
  if (from === undefined || isSame(from, cwd) || !isSame(cwd, project)) return given;
  const resolved = Object.entries(given).map(([name, value]) => [
    name,
    isPath(name) && typeof value === "string" && value !== "" ? resolve(from, value) : value,
  ]);
  // The one cast: names and kinds of values stay the same, which the compiler cannot see.
  return Object.fromEntries(resolved) as Given;
}
