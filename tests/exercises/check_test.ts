import assert from "node:assert/strict";
import { checkAnswer } from "../../lib/exercises/mod.ts";

const double = {
  expected: (x: number) => 2 * x,
  cases: [[2], [3]] satisfies [number][],
  mistakes: [{
    answer: (x: number) => x * x,
    says: { en: "That is the square.", zh: "那是平方。" },
  }],
  solved: { en: "Right.", zh: "正确。" },
};

Deno.test("a wrong answer that is no known mistake is told the first case that differs", () => {
  const { passed, says } = checkAnswer(double, (x) => x + 2);
  assert.equal(passed, false);
  assert.equal(says.en, "Not yet: for [3] the answer is 6, your function gave 5."); // 2 + 2 is right by chance
});

Deno.test("a known mistake is named, even where its first case is right by chance", () => {
  assert.equal(checkAnswer(double, (x) => x ** 2).says.en, "That is the square.");
});

Deno.test("an error of the learner's function and a forgotten return are said, not thrown", () => {
  const throws = checkAnswer(double, () => {
    throw new Error("out of tea");
  });
  assert.equal(throws.says.en, "Your function threw an error for [2]: out of tea");
  // deno-lint-ignore no-explicit-any -- a learner's cell is not type-checked
  const forgot = checkAnswer(double, (() => {}) as any);
  assert.equal(forgot.says.en, "For [2] your function returned nothing; 4 was expected.");
});

Deno.test("rows agree within rounding, and neither NaN nor a shorter row passes", () => {
  const rows = { ...double, expected: (x: number) => [x, 0.1 + 0.2], mistakes: [] };
  assert.ok(checkAnswer(rows, (x) => [x, 0.3]).passed);
  assert.ok(!checkAnswer(rows, (x) => [x]).passed);
  assert.ok(!checkAnswer(rows, (x) => [x, NaN]).passed);
  assert.ok(!checkAnswer(rows, (x) => [x, 0.3001]).passed);
});

Deno.test("a learner's function may change what it is given", () => {
  const sum = {
    ...double,
    expected: (row: number[]) => row.length,
    cases: [[[1, 2]]] satisfies [number[]][],
    mistakes: [],
  };
  assert.ok(checkAnswer(sum, (row) => row.splice(0).length).passed);
  assert.ok(checkAnswer(sum, (row) => row.splice(0).length).passed);
});
