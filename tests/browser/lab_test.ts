/** A reader's hour with chapter 06 in JupyterLab: run, change a setting, run again, stop. In a real browser. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { smallRun } from "../helpers/notebooks.ts";
import { browserTest } from "./browser.ts";
import { copyNotebooks, type LabNotebook, newLabFolder, openLab } from "./lab.ts";

browserTest(
  "JupyterLab draws two runs in one figure, and Stop keeps kernel and state",
  async (test) => {
    await using lab = await openLab(await copyNotebooks(), { env: smallRun });
    const notebook = await lab.open("06_ppo");
    const settings = await notebook.find("runSettings(");
    const training = await notebook.find("await rollout(");

    await test.step("all cells run without an error, and the training curves are drawn", async () => {
      await notebook.runAll();
      assert.deepEqual(await notebook.page.locator(errorOutput).allInnerTexts(), []);
      assert.deepEqual(await curveNames(notebook, training), [curveName(0.05)]);
    });

    await test.step("with another kl_coef, two cells later, both runs are in one figure", async () => {
      await typeSettings(notebook, settings, "kl_coef: 0.5,");
      await notebook.runCell(settings);
      await notebook.runCell(training);
      const names = [curveName(0.05), curveName(0.5)];
      assert.deepEqual(await curveNames(notebook, training), names);
      const legend = notebook.cell(training).locator(".js-plotly-plot .legendtext");
      assert.deepEqual(await legend.allTextContents(), names);
    });

    await test.step("Stop in mid-training says so, and the next cell still sees the runs", async () => {
      await typeSettings(notebook, settings, "max_timesteps: 1000,");
      await notebook.runCell(settings);
      await notebook.startCell(training);
      await notebook.cell(training).getByText("update 2 of 1000").first().waitFor();
      const pressed = performance.now();
      await notebook.stop();
      await notebook.settled();
      assert.ok(
        performance.now() - pressed < 20_000,
        "Stop waits for the end of one timestep at most",
      );
      assert.match(
        await notebook.cell(training).locator(errorOutput).innerText(),
        /AbortError: Interrupted by user/,
      );
      assert.equal(await resultOfCellBelow(notebook, training, "runs.length"), "3");
    });

    await test.step("sliders are live: a key moves them, and a drawing has replaced each picture", async () => {
      const slider = notebook.page.locator('input[type="range"]').first();
      const before = await slider.inputValue();
      await slider.press("ArrowRight");
      assert.notEqual(await slider.inputValue(), before);
      assert.equal(await notebook.page.locator(".ppo-slider img").count(), 0);
    });

    assert.deepEqual(lab.outside, [], "no page asked another machine for anything");
    assert.deepEqual(lab.errors, []);
  },
);

browserTest("JupyterLab keeps 40 of 40 outputs of quick cells", async () => {
  const folder = await newLabFolder();
  const quick = Array.from(
    { length: 40 },
    (_, i) => `await new Promise((r) => setTimeout(r, 5)); ${i}`,
  );
  await writeNotebook(join(folder, "quick.ipynb"), [
    'import "../../lib/notebook/mod.ts";',
    ...quick,
  ]);
  await using lab = await openLab(folder);
  const notebook = await lab.open("quick");
  await notebook.runAll();
  const shown = await Promise.all(
    quick.map((_, i) => notebook.cell(i + 1).locator(".jp-OutputArea-output").allInnerTexts()),
  );
  assert.deepEqual(
    shown.map((texts) => texts.map((text) => text.trim())),
    quick.map((_, i) => [`${i}`]),
  );
});

/** JupyterLab draws a cell's error under this type, as it does what a cell writes to standard error. */
const errorOutput = '[data-mime-type="application/vnd.jupyter.stderr"]';

/** A curve of a plotly figure. */
interface Curve {
  readonly name: string;
  readonly y: readonly number[];
}

const curveName = (klCoef: number) => `kl_coef ${klCoef}, lam 0.95, seed 5`;

/** The names of the curves in the figure below a cell, as plotly holds them; each has its points. */
async function curveNames(notebook: LabNotebook, cell: number): Promise<string[]> {
  const plot = notebook.cell(cell).locator(".js-plotly-plot");
  await plot.locator("svg.main-svg").first().waitFor();
  const curves = await plot.evaluate((element): readonly Curve[] => Reflect.get(element, "data"));
  assert.deepEqual([...new Set(curves.map(({ y }) => y.length))], [2]); // MAX_TIMESTEPS, one update each
  return [...new Set(curves.map(({ name }) => name))]; // each run has a curve in each panel
}

/** Types a line of settings behind the opening brace, as a reader does; the last one typed stands first. */
async function typeSettings(notebook: LabNotebook, cell: number, line: string): Promise<void> {
  const { keyboard } = notebook.page;
  await notebook.cell(cell).locator(".cm-content").click();
  await keyboard.press("Control+Home");
  await keyboard.press("End");
  await keyboard.press("Enter");
  await keyboard.type(line);
}

/** Makes a new cell below `cell`, types `source` into it and runs it. */
async function resultOfCellBelow(
  notebook: LabNotebook,
  cell: number,
  source: string,
): Promise<string> {
  const { keyboard } = notebook.page;
  await notebook.cell(cell).locator(".cm-content").click();
  await keyboard.press("Escape");
  await keyboard.press("b");
  await keyboard.press("Enter");
  await keyboard.type(source);
  await notebook.runCell(cell + 1);
  return (await notebook.cell(cell + 1).locator(".jp-OutputArea-output").innerText()).trim();
}

/** Writes a notebook of code cells for our kernel. */
async function writeNotebook(path: string, sources: readonly string[]): Promise<void> {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `cell${index}`,
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  }));
  const metadata = { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } };
  await Deno.writeTextFile(
    path,
    JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }),
  );
}
