/** Sliders and quizzes as a page shows them, in a real browser, by keyboard and mouse: the page's picture is the library's. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { displaySymbol } from "../../lib/display/mod.ts";
import { quiz, QUIZZES } from "../../lib/quizzes/mod.ts";
import { slider, SLIDERS } from "../../lib/sliders/mod.ts";
import { wordsIn } from "../../lib/text/mod.ts";
import {
  drawingSvg,
  type Shown,
  type SliderDefinition,
  startValues,
} from "../../lib/widgets/mod.ts";
import { browserTest, openBrowser } from "../browser/browser.ts";

/** One test with an empty page. */
const inBrowser = (name: string, fn: (page: Page) => Promise<void>) =>
  browserTest(name, async () => {
    await using browser = await openBrowser();
    await fn(await browser.context.newPage());
  });

const htmlOf = async (shown: Shown) => (await shown[displaySymbol]())["text/html"];

/** Opens a page that holds nothing but these outputs. */
async function show(page: Page, outputs: readonly string[]): Promise<string[]> {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => errors.push(`request for ${request.url()}`));
  await page.setContent(`<!doctype html><meta charset="utf-8">${outputs.join("")}`);
  return errors;
}

/** Whether the picture in the page is what the library draws at these values. */
async function drawsTheSame(
  box: Locator,
  definition: SliderDefinition,
  values: Record<string, number>,
) {
  const expected = drawingSvg(definition.draw(values), "en");
  const [found, wanted] = await box.locator("svg").first().evaluate((svg, expected) => {
    const other = svg.ownerDocument.createElement("div");
    other.innerHTML = expected;
    return [svg.outerHTML, other.innerHTML];
  }, expected);
  assert.equal(found, wanted);
}

const definitions: Readonly<Record<string, SliderDefinition>> = SLIDERS;

for (const name of Object.keys(SLIDERS) as (keyof typeof SLIDERS)[]) {
  inBrowser(
    `the slider "${name}" answers to the keyboard with the library's own picture`,
    async (page) => {
      const definition = definitions[name];
      const errors = await show(page, [await htmlOf(slider(name))]);
      const box = page.locator(".ppo-slider");
      const values: Record<string, number> = startValues(definition);
      assert.equal(await box.locator("img").count(), 0, "the standing picture has gone");
      await drawsTheSame(box, definition, values);
      for (const [control, { kind, label, ...range }] of Object.entries(definition.controls)) {
        const name = wordsIn(label, "en");
        const input = page.getByLabel(name); // found by its label, as a screen reader does
        await input.focus();
        const atEnd = "max" in range && range.value === range.max;
        await page.keyboard.press(
          kind === "choice" ? "ArrowDown" : atEnd ? "ArrowLeft" : "ArrowRight",
        );
        values[control] = Number(await input.inputValue());
        assert.notEqual(values[control], range.value, `${name} moved`);
        await drawsTheSame(box, definition, values);
      }
      assert.deepEqual(errors, []);
    },
  );
}

inBrowser("without scripts a slider is a picture and a quiz can be opened", async (page) => {
  const bare = (html: string) => html.replaceAll(/<script[\s\S]*?<\/script>/g, "");
  await show(page, [bare(await htmlOf(slider("clip"))), bare(await htmlOf(quiz("ppo")))]);
  assert.ok(
    await page.locator(".ppo-slider img").evaluate((img) =>
      "naturalWidth" in img && img.naturalWidth
    ) > 300,
  );
  const choice = page.locator(".ppo-quiz details").first();
  await choice.locator("summary").click();
  assert.match(await choice.innerText(), /Right|No/);
});

inBrowser(
  "a quiz says right or wrong and counts first tries, by mouse and by keyboard",
  async (page) => {
    const errors = await show(page, [await htmlOf(quiz("ppo"))]);
    const english = page.locator(".ppo-quiz").first();
    const question = (index: number) => english.locator("li.question").nth(index);
    await question(0).locator('details[data-right="false"] summary').first().click();
    await question(0).locator('details[data-right="true"] summary').click(); // too late to count
    await question(1).locator('details[data-right="true"] summary').focus();
    await page.keyboard.press("Enter");
    // a choice tells that it was opened a moment later
    await english.getByText(`Right at the first try: 1 of 2 answered, of ${QUIZZES.ppo.length}`)
      .waitFor({
        timeout: 5000,
      });
    assert.deepEqual(errors, []);
  },
);
