/** The committed notebooks as data, for the tests that read them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Settings, as environment variables, that make a chapter's training two updates long. */
export const smallRun = {
  PPO_NUM_EPISODES: "1",
  PPO_MAX_TIMESTEPS: "2",
  PPO_UPDATE_TIMESTEPS: "1",
  PPO_PPO_EPOCH: "1",
  PPO_HELD_OUT: "32",
  PPO_SEED: "5",
};

/** One cell. */
export interface NotebookCell {
  readonly cell_type: "code" | "markdown";
  readonly source: string;
  /** Outputs as they stand in the file; none for text. */
  readonly outputs: readonly Record<string, unknown>[];
}

/** One committed notebook. */
export interface Notebook {
  /** Without the ending. */
  readonly name: string;
  readonly text: string;
  readonly cells: readonly NotebookCell[];
}

const folder = fileURLToPath(new URL("../../notebooks/", import.meta.url));

/** All notebooks, in the order of their names. */
export function committedNotebooks(): Notebook[] {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    name.endsWith(".ipynb")
  );
  return names.sort().map((file) => {
    const text = Deno.readTextFileSync(join(folder, file));
    const { cells }: {
      cells: { cell_type: "code" | "markdown"; source: string[] | string; outputs?: [] }[];
    } = JSON
      .parse(text);
    return {
      name: file.replace(/\.ipynb$/, ""),
      text,
      cells: cells.map(({ cell_type, source, outputs = [] }) => ({
        cell_type,
        source: typeof source === "string" ? source : source.join(""),
        outputs,
      })),
    };
  });
}

/** A passage in its two languages; null for a cell that has only one (a solution). */
export function languages({ source }: NotebookCell): { english: string; chinese: string } | null {
  const parts = /^([\s\S]*?)\n*<details><summary>中文<\/summary>\n([\s\S]*)<\/details>\s*$/.exec(
    source,
  );
  return parts === null ? null : { english: parts[1].trim(), chinese: parts[2].trim() };
}

/** Whether a text cell holds the folded solution of an exercise. */
export const isSolution = ({ source }: NotebookCell): boolean =>
  source.startsWith("<details><summary>Solution · 参考答案</summary>");
