import assert from "node:assert/strict";
import { displaySymbol } from "../../lib/display/mod.ts";
import { QUIZZES } from "../../lib/quizzes/mod.ts";
import { quiz, type QuizQuestion } from "../../lib/widgets/mod.ts";

const quizzes: Readonly<Record<string, readonly QuizQuestion[]>> = QUIZZES;

Deno.test("a question must have exactly one right choice", () => {
  const text = { en: "Why?", zh: "为什么？" };
  const choice = { text, why: text };
  assert.throws(
    () => quiz([{ question: text, choices: [choice, choice] }]),
    new RangeError('Cannot ask "Why?": 0 choices are right, exactly one must be'),
  );
});

Deno.test("what a quiz says is shown, not obeyed, and code stands in backticks", async () => {
  const text = { en: "Is `a < b`? <b>", zh: "对吗？" };
  const html = (await quiz([{ question: text, choices: [{ text, why: text, right: true }] }])
    [displaySymbol]())[
      "text/html"
    ];
  assert.ok(html.includes('<code style="color:inherit">a &lt; b</code>? &lt;b&gt;'));
});

for (const [name, questions] of Object.entries(quizzes)) {
  Deno.test(`the quiz "${name}" has four to six questions of three or four choices, in both languages`, () => {
    assert.ok(questions.length >= 4 && questions.length <= 6, `${questions.length} questions`);
    quiz(questions); // one right choice each
    for (const { question, choices } of questions) {
      assert.ok(choices.length >= 3 && choices.length <= 4, question.en);
      for (const { zh } of [question, ...choices.map(({ why }) => why)]) {
        assert.match(zh, /\p{Script=Han}/u);
      }
    }
    const places = questions.map(({ choices }) => choices.findIndex(({ right }) => right));
    assert.ok(new Set(places).size > 1, "the right choice does not always stand in the same place");
  });
}
