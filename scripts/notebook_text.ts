/**
 * Converts a notebook to plain text, for writing and reviewing, and back.
 *
 *     deno run -A scripts/notebook_text.ts show 04_gae > 04.txt     # notebook to text
 *     deno run -A scripts/notebook_text.ts make 04_gae < 04.txt     # text to notebook, without outputs
 *
 * A line `%% md` begins a text cell, `%% zh` its Chinese (folded below it in the same cell), and
 * `%% code` a code cell. Run `deno task notebooks --write 04_gae` afterwards.
 */
import { writeAtomically } from "../lib/files/mod.ts";

interface Cell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
}

const FOLD = "\n\n<details><summary>中文</summary>\n\n";
const END = "\n\n</details>";

const sourceOf = ({ source }: Cell): string =>
  typeof source === "string" ? source : source.join("");

/** The notebook's cells in the text form. */
export function toText(notebook: string): string {
  const { cells }: { cells: readonly Cell[] } = JSON.parse(notebook);
  return cells.map((cell) => {
    const source = sourceOf(cell);
    if (cell.cell_type === "code") return `%% code\n${source}\n`;
    const [english, chinese] = source.split(FOLD);
    if (chinese === undefined) return `%% md\n${source}\n`;
    return `%% md\n${english}\n\n%% zh\n${chinese.trimEnd().replace(/\s*<\/details>$/, "")}\n`;
  }).join("\n");
}

/**
 * The text form as a notebook without outputs.
 *
 * @throws {Error} For a part of an unknown kind.
 */
export function toNotebook(text: string): string {
  const cells: { kind: string; source: string }[] = [];
  for (const part of text.split(/^(?=%% )/m).filter((part) => part.trim() !== "")) {
    const [, kind, body] = /^%% (\S+)\n([\s\S]*)$/.exec(part) ?? [];
    if (kind === undefined || !["md", "zh", "code"].includes(kind)) {
      throw new Error(
        `Cannot read the text: a part begins with "${
          part.split("\n")[0]
        }", not %% md, %% zh or %% code`,
      );
    }
    const source = body.replace(/^\n+|\s+$/g, "");
    const last = cells.at(-1);
    if (kind !== "zh") cells.push({ kind, source });
    else if (last?.kind === "md") last.source += FOLD + source + END;
    else {throw new Error(
        `Cannot read the text: "%% zh" must follow its "%% md", found before "${
          source.slice(0, 20)
        }"`,
      );}
  }
  return JSON.stringify(
    { cells: cells.map(asCell), metadata, nbformat: 4, nbformat_minor: 5 },
    null,
    1,
  ) +
    "\n";
}

function asCell({ kind, source }: { kind: string; source: string }, index: number) {
  const common = { id: `cell-${index}`, metadata: {}, source: source.split(/(?<=\n)/) };
  return kind === "code"
    ? { cell_type: "code", execution_count: null, ...common, outputs: [] }
    : { cell_type: "markdown", ...common };
}

const metadata = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: {
    codemirror_mode: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    name: "typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
    version: "6.0.3",
  },
};

if (import.meta.main) {
  const [direction, name] = Deno.args;
  const path = new URL(`../notebooks/${name}.ipynb`, import.meta.url).pathname;
  if (direction === "show") console.log(toText(await Deno.readTextFile(path)));
  else if (direction === "make") {
    await writeAtomically(path, toNotebook(await new Response(Deno.stdin.readable).text()));
  } else throw new Error(`Cannot do "${direction}": use show NAME or make NAME`);
}
