/** Chapter 06 in JupyterLab in a real browser: run, tweak, compare, stop; nothing asks another machine. */
import assert from "node:assert/strict";
import { browserTest } from "./browser.ts";
import { copyNotebooks, type LabNotebook, openLab } from "./lab.ts";

const env = {
  NUM_EPISODES: "1",
  MAX_TIMESTEPS: "2",
  UPDATE_TIMESTEPS: "1",
  PPO_EPOCH: "1",
  HELD_OUT: "32",
};

/** Replaces the text of a cell as a reader would, and runs it. */
async function rewrite(notebook: LabNotebook, index: number, code: string): Promise<void> {
  await notebook.cell(index).locator(".cm-content").click();
  await notebook.page.keyboard.press("Control+a");
  await notebook.page.keyboard.insertText(code);
  await notebook.runCell(index);
}

browserTest(
  "in JupyterLab, chapter 06 runs, draws a second run beside the first, and survives Stop",
  async () => {
    await using lab = await openLab(await copyNotebooks(), { env });
    const notebook = await lab.open("06_ppo");
    await notebook.runAll();
    const settings = await notebook.find("course.runSettings(");
    const training = await notebook.find("course.trainRun(");

    await rewrite(
      notebook,
      settings,
      "const settings = course.runSettings(policy, { kl_coef: 0.2 });\ncourse.settingsTable(settings);",
    );
    await notebook.runCell(training);
    const legend = await notebook.cell(training).locator(".js-plotly-plot .legendtext").allTextContents();
    assert.deepEqual(legend.map((name) => /kl_coef [\d.]+/.exec(name)?.[0]), ["kl_coef 0.05", "kl_coef 0.2"]);

    await rewrite(
      notebook,
      settings,
      "const settings = course.runSettings(policy, { max_timesteps: 500 });\nsettings.seed;",
    );
    await notebook.startCell(training);
    await notebook.cell(training).getByText("update 1 of 500").first().waitFor();
    await notebook.stop();
    await notebook.settled();
    assert.match(await notebook.cell(training).innerText(), /Interrupted by user/);
    await rewrite(
      notebook,
      settings,
      "`${runs.length} runs, the last with ${runs[2].rows.length > 0 ? 'some' : 'no'} updates`;",
    );
    assert.match(await notebook.cell(settings).innerText(), /3 runs, the last with some updates/);

    await notebook.page.locator('input[type="range"]').first().press("ArrowRight"); // the slider is live
    assert.equal(await notebook.page.locator(".ppo-slider img").count(), 0);
    assert.deepEqual(lab.outside, []);
    await notebook.close();
  },
);
