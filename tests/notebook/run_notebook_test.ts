/** Headless runs: what reaches the terminal, the notebook file and the page, also when a cell fails. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { runNotebook } from "../../scripts/notebooks.ts";
import { ensureNotebookTools } from "../../scripts/setup.ts";

interface Cell {
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly outputs?: readonly Record<string, unknown>[];
}

/** Makes a notebook in a folder of its own inside out/, and hands both to `use`. */
async function withNotebook(
  cells: readonly string[],
  use: (path: string, outputDirectory: string) => Promise<void>,
): Promise<void> {
  const { root } = await ensureNotebookTools();
  await Deno.mkdir(join(root, "out"), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: join(root, "out"), prefix: "test_" });
  const path = join(folder, "tiny.ipynb");
  const common = (source: string, index: number) => ({ id: `cell${index}`, metadata: {}, source });
  const notebook = {
    cells: cells.map((source, index) =>
      source.startsWith("#")
        ? { cell_type: "markdown", ...common(source, index) }
        : { cell_type: "code", ...common(source, index), execution_count: 9, outputs: [] }
    ),
    metadata: { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  try {
    await Deno.writeTextFile(path, JSON.stringify(notebook));
    await use(path, join(folder, "made"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function codeCells(path: string): Promise<Cell[]> {
  const notebook: { cells: Cell[] } = JSON.parse(await Deno.readTextFile(path));
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

Deno.test("a headless run shows progress as it comes, keeps outputs and makes a page that needs no network", async () => {
  const cells = [
    "# Title\n\nThe error is $\\delta_t < 0$.",
    'import { learningCurve } from "../../lib/plots/mod.ts";\nimport { liveDisplay } from "../../lib/notebook/mod.ts";',
    'for (const step of [1, 2]) { console.log("step", step); await new Promise((r) => setTimeout(r, 400)); }',
    'const live = liveDisplay(); for (let i = 0; i < 5; i++) await live.update({ "text/plain": `picture ${i}` });\n' +
    "await live.finish();",
    'learningCurve([{ update: 1, kl: 0.5 }], { y: "kl", title: Deno.env.get("TITLE") })',
  ];
  await withNotebook(cells, async (path, outputDirectory) => {
    const seen: { line: string; time: number }[] = [];
    const onLine = (line: string) => void seen.push({ line, time: performance.now() });
    const run = await runNotebook(path, { outputDirectory, onLine, env: { TITLE: "KL of a run" } });
    assert.deepEqual(seen.map(({ line }) => line), ["step 1", "step 2"]);
    assert.ok(
      (seen[1]?.time ?? 0) - (seen[0]?.time ?? 0) > 200,
      "each line comes when it is printed",
    );

    const made = await codeCells(run.notebook);
    assert.deepEqual(made.map((cell) => cell.execution_count), [1, 2, 3, 4]);
    assert.deepEqual(made[2]?.outputs?.map((output) => output.data), [{
      "text/plain": ["picture 4"],
    }]);

    const page = await Deno.readTextFile(run.page);
    assert.doesNotMatch(page, /(src|href)="https?:|import\("https?:/);
    assert.match(page, /class="katex"/);
    assert.match(page, /KL of a run/);
    assert.match(page, /id="plotly-source"/);
  });
});

Deno.test("a cell that fails ends the run with its error, and the notebook so far is kept", async () => {
  const cells = ['"first"', 'throw new RangeError("lam is 2: it must lie in [0, 1]")', '"never"'];
  await withNotebook(cells, async (path, outputDirectory) => {
    await assert.rejects(runNotebook(path, { outputDirectory }), (error: Error) => {
      assert.match(error.message, /Cell 2 failed:\n\n {4}throw new RangeError/);
      assert.match(error.message, /RangeError: lam is 2: it must lie in \[0, 1\]/);
      return true;
    });
    const made = await codeCells(join(outputDirectory, "tiny.ipynb"));
    assert.deepEqual(made.map((cell) => cell.outputs?.length), [1, 1, 0]);
    assert.equal(made[2]?.execution_count, null);
    assert.match(await Deno.readTextFile(join(outputDirectory, "tiny.html")), /lam is 2/);
  });
});

Deno.test("a training that diverges ends the run with its sentence alone", async () => {
  const cells = [
    'import { DivergenceError } from "../../lib/learn/mod.ts";',
    'throw new DivergenceError("the loss of the actor is NaN at optimizer step 2")',
  ];
  await withNotebook(cells, async (path, outputDirectory) => {
    await assert.rejects(runNotebook(path, { outputDirectory }), (error: Error) => {
      assert.match(
        error.message,
        /: Cell 2 ended: Cannot go on training: the loss of the actor is NaN at optimizer step 2\./,
      );
      assert.doesNotMatch(error.message, /\n/); // no stack trace
      return true;
    });
  });
});

Deno.test("a notebook that is not there is named", async () => {
  await assert.rejects(runNotebook("notebooks/99_none.ipynb", { outputDirectory: "out" }), {
    message: "Cannot run notebooks/99_none.ipynb: there is no such notebook",
  });
});
