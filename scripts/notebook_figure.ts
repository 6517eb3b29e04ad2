/** The README's figure: the first SVG image among the outputs of an executed notebook. */

/** The parts of an executed notebook that this file reads. */
interface Notebook {
  readonly cells: readonly {
    readonly outputs?: readonly { readonly data?: Readonly<Record<string, string | string[]>> }[];
  }[];
}

/**
 * Writes the first SVG output of the notebook at `path` beside it, as `NAME.svg`; returns whether
 * there was one.
 */
export async function writeFigure(path: string): Promise<boolean> {
  const notebook: Notebook = JSON.parse(await Deno.readTextFile(path));
  const drawings = notebook.cells.flatMap(({ outputs = [] }) =>
    outputs.map(({ data }) => data?.["image/svg+xml"])
  );
  const svg = drawings.find((drawing) => drawing !== undefined);
  if (svg === undefined) return false;
  await Deno.writeTextFile(path.replace(/\.ipynb$/, ".svg"), [svg].flat().join(""));
  return true;
}
