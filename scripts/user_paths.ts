/**
 * Relative paths count from the folder in which the user typed the command.
 *
 * `deno task` changes to the project's folder before it starts a command, and leaves the user's
 * folder in INIT_CWD. A command that was started without `deno task` already works in it.
 */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { grantedVariable } from "./command_language.ts";

/** The project's folder. */
const PROJECT = fileURLToPath(new URL("..", import.meta.url));

/** Settings that are paths of this machine. */
const isPath = (name: string): boolean => /(_path|_dir)$|^(file|resume|output)$/.test(name);

/** Whether two paths lead to the same folder. */
const isSame = (a: string, b: string): boolean => relative(a, b) === "";

/** The user's folder; empty where `deno task` has not said it, or the command may not ask. */
const initialFolder = (): string => grantedVariable("INIT_CWD") ?? "";

/** Where paths count from. */
export interface UserPlaces {
  /** The user's folder; empty: unknown (default: INIT_CWD). */
  readonly from?: string;
  /** The folder in which the command works. */
  readonly cwd?: string;
  /** The project's folder. */
  readonly project?: string;
}

/** A path as the user meant it; unchanged if the command works in the user's folder. */
export function userPath(
  path: string,
  { from = initialFolder(), cwd = Deno.cwd(), project = PROJECT }: UserPlaces = {},
): string {
  const isOurs = from === "" || isSame(from, cwd) || !isSame(cwd, project);
  return isOurs || path === "" ? path : resolve(from, path);
}

/** The given settings with their paths as the user meant them. */
export function withUserPaths<Given extends { [name: string]: unknown }>(
  given: Given,
  places: UserPlaces = {},
): Given {
  const meant = Object.entries(given).map(([name, value]) => [
    name,
    isPath(name) && typeof value === "string" ? userPath(value, places) : value,
  ]);
  // The one cast: names and kinds of values stay the same, which the compiler cannot see.
  return Object.fromEntries(meant) as Given;
}
