/**
 * A quiz that needs no kernel and no script: each choice opens to show whether it is right and
 * why. Where scripts run, the choices are coloured and right first answers are counted. Chinese is
 * folded below, as in the chapters' text.
 */
import { displaySymbol, escapeHtml } from "../display/mod.ts";
import type { Text } from "./drawing.ts";
import { boxStyle, type Shown } from "./slider_display.ts";

/** One possible answer. */
export interface Choice {
  /** The answer itself; `code` in backticks. */
  readonly text: Text;
  /** Why it is right or wrong. */
  readonly why: Text;
  /** Set for exactly one choice of a question. */
  readonly right?: true;
}

/** A question with its choices. */
export interface QuizQuestion {
  /** The question itself; `code` in backticks. */
  readonly question: Text;
  /** Three or four, one of them right. */
  readonly choices: readonly Choice[];
}

/**
 * This script runs in the page. It colours opened choices and counts the questions whose first
 * opened choice was right.
 */
const count = `(() => {
const box = document.currentScript.parentElement;
box.addEventListener("keydown", (event) => event.stopPropagation());
for (const quiz of box.querySelectorAll(".ppo-quiz")) {
const score = quiz.querySelector(".score"), first = new Map();
const questions = [...quiz.querySelectorAll("li.question")];
quiz.addEventListener("toggle", (event) => {
const choice = event.target, question = choice.closest("li.question");
if (!choice.open || !question) return;
const right = choice.dataset.right === "true";
choice.style.background = right ? "#d9f0e6" : "#fbe3d6";
if (!first.has(question)) first.set(question, right);
const good = [...first.values()].filter(Boolean).length;
score.textContent = score.dataset.words.replace("$", good).replace("$", first.size) + " " + questions.length;
}, true);
}
})()`;

/**
 * Makes a quiz for a cell's last expression.
 *
 * @throws {RangeError} if a question does not have exactly one right choice.
 */
export function quiz(questions: readonly QuizQuestion[]): Shown {
  for (const { question, choices } of questions) {
    const right = choices.filter((choice) => choice.right).length;
    if (right !== 1) {
      const found = `${right} choices are right, exactly one must be`;
      throw new RangeError(`Cannot ask "${question.en}": ${found}`);
    }
  }
  const chinese = `<summary>中文</summary>${inLanguage(questions, "zh")}`;
  const html = `<div style="${boxStyle}">${inLanguage(questions, "en")}` +
    `<details style="margin-top:8px">${chinese}</details><script>${count}</script></div>`;
  const text = questions.map(({ question }, index) => `${index + 1}. ${question.en}`).join("\n");
  return { [displaySymbol]: () => ({ "text/html": html, "text/plain": text }) };
}

const words = {
  en: { right: "✓ Right. ", wrong: "✗ No. ", score: "Right at the first try: $ of $ answered, of" },
  zh: { right: "✓ 对。", wrong: "✗ 不对。", score: "一次答对 $ 题，已答 $ 题，共" },
} as const;

function inLanguage(questions: readonly QuizQuestion[], language: keyof Text): string {
  const items = questions.map(({ question, choices }) => {
    const answers = choices.map((choice) => choiceHtml(choice, language)).join("");
    const asked = inline(question[language]);
    return `<li class="question" style="margin:10px 0">${asked}${answers}</li>`;
  });
  return `<div class="ppo-quiz"><ol style="padding-left:1.4em;margin:0">${items.join("")}</ol>` +
    `<div class="score" aria-live="polite" data-words="${words[language].score}"></div></div>`;
}

function choiceHtml({ text, why, right }: Choice, language: keyof Text): string {
  const isRight = right === true;
  const reason = words[language][isRight ? "right" : "wrong"] + inline(why[language]);
  const style = "margin:3px 0;padding:2px 8px;border-radius:4px";
  return `<details data-right="${isRight}" style="${style}">` +
    `<summary style="cursor:pointer">${inline(text[language])}</summary>${reason}</details>`;
}

/** Escapes a text and marks `code` in backticks. */
const inline = (text: string): string =>
  escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code style="color:inherit">$1</code>');
