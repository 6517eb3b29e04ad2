/** A command of `scripts/` in a process of its own. */
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How a process ended and what it said. */
export interface Ended {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
}

/** What a process is given besides its arguments. */
export interface RunOptions {
  /** What it reads on standard input (default: nothing). */
  readonly input?: string | Uint8Array;
  /** Variables besides those of this process (default: LANG of English). */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of `deno run` (default: `-A`). */
  readonly flags?: readonly string[];
  /** A signal to send as soon as its output matches `at`. */
  readonly kill?: { readonly at: RegExp; readonly signal: Deno.Signal };
}

/** Runs `scripts/<name>.ts` to its end. */
export async function runScript(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...(options.flags ?? ["-A"]), `scripts/${name}.ts`, ...args],
    cwd: ROOT,
    env: { LANG: "C.UTF-8", ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const err = new Response(child.stderr).text();
  await ReadableStream.from([bytesOf(options.input ?? "")]).pipeTo(child.stdin).catch(() => {}); // it may have ended before
  let out = "", isKilled = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    if (options.kill !== undefined && !isKilled && options.kill.at.test(out)) {
      child.kill(options.kill.signal);
      isKilled = true;
    }
  }
  return { code: (await child.status).code, out, err: await err };
}

const bytesOf = (input: string | Uint8Array) =>
  typeof input === "string" ? new TextEncoder().encode(input) : input;
