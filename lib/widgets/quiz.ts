/**
 * A quiz that needs no kernel and no script: each choice opens to show whether it is right and
 * why. Where scripts run, the choices are coloured and right first answers are counted.
 */
import { displaySymbol, escapeHtml } from "../display/mod.ts";
import { say, type Text } from "../text/mod.ts";
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
score.textContent = [good, first.size, questions.length].reduce(\
(words, number) => words.replace("$", number), score.dataset.words);
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
  const html = `<div style="${boxStyle}">${quizHtml(questions)}<script>${count}</script></div>`;
  const text = questions.map(({ question }, index) => `${index + 1}. ${say(question)}`).join("\n");
  return { [displaySymbol]: () => ({ "text/html": html, "text/plain": text }) };
}

const RIGHT = { en: "✓ Right. ", zh: "✓ 对。" };
const WRONG = { en: "✗ No. ", zh: "✗ 不对。" };
/** Each $ stands for a number: right ones, answered ones, all questions. */
const SCORE = {
  en: "Right at the first try: $ of $ answered, of $",
  zh: "一次答对 $ 题，已答 $ 题，共 $ 题。",
};

function quizHtml(questions: readonly QuizQuestion[]): string {
  const items = questions.map(({ question, choices }) => {
    const asked = inline(say(question));
    const answers = choices.map(choiceHtml).join("");
    return `<li class="question" style="margin:10px 0">${asked}${answers}</li>`;
  });
  return `<div class="ppo-quiz"><ol style="padding-left:1.4em;margin:0">${items.join("")}</ol>` +
    `<div class="score" aria-live="polite" data-words="${say(SCORE)}"></div></div>`;
}

function choiceHtml({ text, why, right }: Choice): string {
  const isRight = right === true;
  const reason = say(isRight ? RIGHT : WRONG) + inline(say(why));
  const style = "margin:3px 0;padding:2px 8px;border-radius:4px";
  return `<details data-right="${isRight}" style="${style}">` +
    `<summary style="cursor:pointer">${inline(say(text))}</summary>${reason}</details>`;
}

/** Escapes a text and marks `code` in backticks. */
const inline = (text: string): string =>
  escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code style="color:inherit">$1</code>');
