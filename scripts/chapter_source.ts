/**
 * Reads the source of a chapter, from which both editions of its notebook are made. A line that
 * begins with `%%` opens a part:
 *
 *     %% en            a passage in English; its Chinese follows
 *     %% zh
 *     %% code          a code cell; strings and comments may be pairs (code_pairs.ts)
 *     %% solution      the code of a solution; `%% en` and `%% zh` with an explanation follow
 */

import type { Text } from "../lib/text/mod.ts";
import { codeIn, PairError } from "./code_pairs.ts";

/** One cell of a chapter. `line` is that of its first text in the source, counted from 1. */
export type ChapterCell =
  | { readonly kind: "text"; readonly line: number; readonly text: Text }
  | { readonly kind: "code"; readonly line: number; readonly text: Text }
  | {
    readonly kind: "solution";
    readonly line: number;
    /** The explanation below the code. */
    readonly text: Text;
    readonly code: Text;
  };

interface Part {
  readonly kind: string;
  /** Of its first text. */
  readonly line: number;
  readonly text: string;
}

/**
 * The cells of a chapter.
 *
 * @param path the file's name, for errors
 * @throws {SyntaxError} If the source has no such form; the message names the file and the line.
 */
export function readChapter(source: string, path: string): ChapterCell[] {
  const fail: Fail = (line, problem) => {
    throw new SyntaxError(`Cannot read ${path}, line ${line}: ${problem}`);
  };
  const parts = partsOf(source, fail);
  const cells = parts.flatMap((part, index): ChapterCell[] => {
    const { kind, line } = part;
    const belongs = parts[index - 1]?.kind === "solution"; // its explanation is no cell of its own
    if (kind === "zh" && parts[index - 1]?.kind !== "en") {
      fail(line, '"%% zh" must follow its "%% en"');
    }
    if (kind === "code") return [{ kind, line, text: codeOf(part, fail) }];
    if (kind === "en" && !belongs) {
      return [{ kind: "text", line, text: passageAt(parts, index, fail) }];
    }
    if (kind !== "solution") return [];
    return [{ kind, line, code: codeOf(part, fail), text: passageAt(parts, index + 1, fail) }];
  });
  if (cells[0]?.kind !== "text") fail(1, 'a chapter begins with "%% en" and its title');
  return cells;
}

/** Ends the reading with an error at a line. */
type Fail = (line: number, problem: string) => never;

function codeOf({ text, line }: Part, fail: Fail): Text {
  try {
    return { en: codeIn(text, "en"), zh: codeIn(text, "zh") };
  } catch (error) {
    if (!(error instanceof PairError)) throw error;
    const before = text.slice(0, text.indexOf(error.literal)).split("\n");
    return fail(line + before.length - 1, error.message);
  }
}

/** The passage whose English is the part at `index`. */
function passageAt(parts: readonly Part[], index: number, fail: Fail): Text {
  const [before, english, chinese] = [parts[index - 1], parts[index], parts[index + 1]];
  if (english?.kind !== "en") {
    fail(before.line, '"%% solution" needs an explanation in "%% en" and "%% zh" after it');
  }
  if (chinese?.kind !== "zh") fail(english.line, '"%% en" needs its Chinese in "%% zh" after it');
  return { en: english.text, zh: chinese.text };
}

const KINDS = ["en", "zh", "code", "solution"];

function partsOf(source: string, fail: Fail): Part[] {
  const lines = source.split("\n");
  const starts = [...lines.keys()].filter((at) => lines[at].startsWith("%%"));
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first >= 0 && first !== starts[0]) {
    fail(first + 1, 'the first part needs a line such as "%% en"');
  }
  return starts.map((start, index) => {
    const kind = lines[start].slice(2).trim();
    if (!KINDS.includes(kind)) {
      const wanted = KINDS.map((kind) => `"%% ${kind}"`).join(", ");
      fail(start + 1, `found "${lines[start]}"; a part begins with one of ${wanted}`);
    }
    const body = lines.slice(start + 1, starts[index + 1]);
    const blank = body.findIndex((line) => line.trim() !== "");
    if (blank < 0) fail(start + 1, `the part "%% ${kind}" is empty`);
    return { kind, line: start + blank + 2, text: body.slice(blank).join("\n").trimEnd() };
  });
}
