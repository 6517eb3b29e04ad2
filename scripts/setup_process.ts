/** Runs a program without showing its output, which is kept for error messages. */
import { say } from "../lib/text/mod.ts";

/** The result of a finished program. */
export interface Finished {
  readonly success: boolean;
  readonly output: string;
  readonly errors: string;
}

/** Runs `argv` to its end. A program that cannot be started counts as failed. */
export async function runQuietly(argv: readonly string[]): Promise<Finished> {
  const [program = "", ...args] = argv;
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" })
      .output();
    const text = new TextDecoder();
    return { success, output: text.decode(stdout), errors: text.decode(stderr) };
  } catch (error) {
    return {
      success: false,
      output: "",
      errors: error instanceof Error ? error.message : String(error),
    };
  }
}

/** The first line that is not blank, trimmed. */
export function firstLine(text: string): string {
  return text.split("\n").map((line) => line.trim()).find((line) => line !== "") ??
    say({ en: "no reason given", zh: "没有给出原因" });
}
