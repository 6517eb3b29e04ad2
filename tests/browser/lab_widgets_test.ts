/** Sliders, quizzes and plots of every chapter in JupyterLab, before any cell is run: the committed outputs are live. */
import assert from "node:assert/strict";
import { committedNotebooks } from "../helpers/notebooks.ts";
import { browserTest } from "./browser.ts";
import { copyNotebooks, openLab } from "./lab.ts";
import { useWidgets } from "./widgets.ts";

browserTest("JupyterLab shows every chapter's committed outputs alive", async (test) => {
  await using lab = await openLab(await copyNotebooks());
  for (const { name } of committedNotebooks()) {
    await test.step(`${name}: sliders and quizzes answer to keyboard and mouse, plots are drawn`, async () => {
      const notebook = await lab.open(name);
      await notebook.page.locator(".js-plotly-plot svg.main-svg").first().waitFor();
      const { sliders, quizzes } = await useWidgets(notebook.page);
      assert.ok(sliders > 0 && quizzes > 0, `${sliders} sliders, ${quizzes} quizzes`);
      await notebook.close();
    });
  }
  assert.deepEqual(lab.outside, []);
  assert.deepEqual(lab.errors, []);
});
