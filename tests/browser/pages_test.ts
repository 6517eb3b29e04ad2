/** Every chapter as an HTML page in a real browser: plots, formulas, sliders and quizzes work without kernel and network. */
import assert from "node:assert/strict";
import { LANGUAGES } from "../../lib/text/mod.ts";
import { notebookPath } from "../../scripts/chapters.ts";
import { writePage } from "../../scripts/notebooks.ts";
import { committedNotebooks, type Notebook } from "../helpers/notebooks.ts";
import { browserTest, withPage } from "./browser.ts";
import { useWidgets } from "./widgets.ts";

const root = new URL("../..", import.meta.url).pathname;

/** How many outputs of the notebook hold this, by media type or by a piece of their HTML. */
function outputsWith(
  { cells }: Notebook,
  found: (data: Record<string, unknown>) => boolean,
): number {
  const bundles = cells.flatMap(({ outputs }) => outputs.map(({ data }) => data));
  return bundles.filter((data) => typeof data === "object" && data !== null && found({ ...data }))
    .length;
}

const htmlHas = (text: string) => (data: Record<string, unknown>) =>
  JSON.stringify(data["text/html"] ?? "").includes(text);

/** Every edition that has been executed. */
const executed = LANGUAGES.flatMap((language) =>
  committedNotebooks(language).filter(({ cells }) =>
    cells.some(({ outputs }) => outputs.length > 0)
  )
    .map((notebook) => ({ language, notebook }))
);

for (const { language, notebook } of executed) {
  browserTest(
    `${notebook.name} (${language}): its page is whole, live and asks nobody for anything`,
    async () => {
      const outputDirectory = await Deno.makeTempDir();
      const source = notebookPath({ root, name: notebook.name, language });
      const path = await writePage(source, { outputDirectory });
      await withPage(path, async ({ page, outside, errors }) => {
        const plots = outputsWith(notebook, (data) => "application/vnd.plotly.v1+json" in data);
        await page.locator(".js-plotly-plot svg.main-svg").nth(0).waitFor();
        await page.waitForFunction(
          `document.querySelectorAll(".js-plotly-plot").length === ${plots}`,
        );
        assert.deepEqual(await useWidgets(page), {
          sliders: outputsWith(notebook, htmlHas("ppo-slider")),
          quizzes: outputsWith(notebook, htmlHas("ppo-quiz")),
        });
        const text = await page.locator("body").innerText();
        assert.doesNotMatch(
          text,
          /\\(?:frac|delta|lambda|hat|mathbb|sum)\b/,
          "no formula is shown as TeX",
        );
        assert.equal(await page.locator(".katex-error").count(), 0, "every formula can be set");
        assert.equal(await page.evaluate(widerThanPage), "", "nothing leaves the page");
        assert.deepEqual(outside, []);
        assert.deepEqual(errors, []);
      });
      await Deno.remove(outputDirectory, { recursive: true });
    },
  );
}

/** What stands over the right edge of the window, if anything does. */
const widerThanPage = `(() => {
  const wide = [...document.querySelectorAll(".jp-Cell img, .jp-Cell svg.main-svg, .jp-Cell table, .ppo-slider, .ppo-quiz")]
    .find((element) => element.getBoundingClientRect().right > innerWidth + 1);
  return wide ? wide.outerHTML.slice(0, 200) : "";
})()`;
