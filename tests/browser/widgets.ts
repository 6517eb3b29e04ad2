/** What a reader does with sliders and quizzes, whatever page they stand in: by keyboard, then by mouse. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

/** How many of each a page has. */
export interface WidgetCounts {
  readonly sliders: number;
  readonly quizzes: number;
}

/** Moves every slider of the page and answers one question of every quiz; fails when one does not answer. */
export async function useWidgets(page: Page): Promise<WidgetCounts> {
  const sliders = await page.locator(".ppo-slider").all();
  for (const slider of sliders) await moveSlider(slider);
  const quizzes = await page.locator("div:has(> .ppo-quiz)").all();
  for (const quiz of quizzes) await answerQuiz(quiz);
  return { sliders: sliders.length, quizzes: quizzes.length };
}

/** A key moves the first control by a step, a click at its far side moves it there: the drawing follows. */
async function moveSlider(slider: Locator): Promise<void> {
  await slider.scrollIntoViewIfNeeded();
  assert.equal(
    await slider.locator(".standing img").count(),
    0,
    "the standing picture is replaced",
  );
  const control = slider.locator('input[type="range"]').first();
  const shown = () => slider.locator("[data-of]").first().innerText();
  const value = await control.inputValue();
  await control.focus();
  await slider.page().keyboard.press(
    value === await control.getAttribute("max") ? "ArrowLeft" : "ArrowRight",
  );
  const byKey = await control.inputValue();
  assert.notEqual(byKey, value, "the key moved the slider");
  assert.equal(await shown(), byKey, "the number beside it followed");
  const picture = await slider.locator(".picture").innerHTML();
  const box = await control.boundingBox();
  assert.ok(box !== null && box.width > 100, "the slider is wide enough to be dragged");
  const isLow = Number(byKey) < await middleOf(control);
  await control.click({ position: { x: box.width * (isLow ? 0.9 : 0.1), y: box.height / 2 } });
  assert.notEqual(await control.inputValue(), byKey, "the mouse moved the slider");
  assert.notEqual(await slider.locator(".picture").innerHTML(), picture, "the drawing followed");
}

async function middleOf(control: Locator): Promise<number> {
  const ends = await Promise.all([control.getAttribute("min"), control.getAttribute("max")]);
  return (Number(ends[0]) + Number(ends[1])) / 2;
}

/** A wrong choice of the first question by mouse, the right one of the second by keyboard: one of two counts. */
async function answerQuiz(quiz: Locator): Promise<void> {
  const first = quiz.locator(".ppo-quiz").first();
  const choice = (question: number, right: boolean) =>
    first.locator("li.question").nth(question).locator(`details[data-right="${right}"]`).first();
  await choice(0, false).locator("summary").click();
  assert.match(await choice(0, false).innerText(), /✗ (?:No\.|不对。)/);
  await choice(1, true).locator("summary").focus();
  await quiz.page().keyboard.press("Enter");
  assert.match(await choice(1, true).innerText(), /✓ (?:Right\.|对。)/);
  const questions = await first.locator("li.question").count();
  const english = `Right at the first try: 1 of 2 answered, of ${questions}`;
  const score = first.getByText(english).or(
    first.getByText(`一次答对 1 题，已答 2 题，共 ${questions} 题。`),
  );
  await score.waitFor();
}
