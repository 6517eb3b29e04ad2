/** Lines that a person types or another program pipes in. */
import { createInterface } from "node:readline";
import process from "node:process";
import { linesOf } from "../lib/files/mod.ts";
import { isJsonRow } from "../lib/passages/mod.ts";
import { say } from "../lib/text/mod.ts";

/**
 * Asks for lines until Ctrl-D, with the text of `prompt` before each; Ctrl-C ends the command.
 * Lines typed while the command works wait.
 */
export async function* typedLines(prompt: () => string): AsyncGenerator<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const waiting: string[] = [];
  let isClosed = false;
  let wake = () => {};
  terminal.on("line", (line) => (waiting.push(line), wake()));
  terminal.on("close", () => (isClosed = true, wake()));
  terminal.on("SIGINT", () => {
    terminal.close();
    Deno.exit(130); // the exit code after a signal
  });
  while (true) {
    const line = waiting.shift();
    if (line !== undefined) {
      yield line;
      continue;
    }
    if (isClosed) return console.log();
    const woken = new Promise<void>((resolve) => wake = resolve);
    terminal.setPrompt(prompt());
    terminal.prompt();
    await woken;
  }
}

/**
 * The lines of standard input.
 *
 * @throws {TypeError} For a line of JSON: a file of rows is given with `--file`.
 */
export async function* pipedLines(): AsyncGenerator<string> {
  for await (
    const { line, text } of linesOf(Deno.stdin.readable, {
      name: say({ en: "standard input", zh: "标准输入" }),
    })
  ) {
    if (isJsonRow(text)) {
      throw new TypeError(say({
        en: `Cannot use standard input, line ${line}: ` +
          "it is JSON, and each piped line is a text; give the file with --file",
        zh: `不能使用标准输入第 ${line} 行：它是 JSON，而管道传入的每一行应是文本；` +
          "请用 --file 给出文件",
      }));
    }
    yield text;
  }
}
