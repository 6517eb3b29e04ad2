/** Strings and comments in two languages. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { codeIn, literalsOf, withoutComments } from "../../scripts/code_pairs.ts";

const both = (code: string) => [codeIn(code, "en"), codeIn(code, "zh")];

Deno.test("of a pair in a string, a template or a comment only one language stays", () => {
  deepEqual(both('f("reward || 奖励"); // at the end || 在末尾'), [
    'f("reward"); // at the end',
    'f("奖励"); // 在末尾',
  ]);
  deepEqual(both("f(`the first ${n} of ${all} || 共 ${all} 个，前 ${n} 个`)"), [
    "f(`the first ${n} of ${all}`)",
    "f(`共 ${all} 个，前 ${n} 个`)",
  ]);
  deepEqual(both("/* all || 全部 */ x;"), ["/* all */ x;", "/* 全部 */ x;"]);
});

Deno.test("code keeps its operators, and a pair may stand inside a template's expression", () => {
  const plain = 'const x = a || "b" || `${c || "d"}`; // log π(τ)';
  deepEqual(both(plain), [plain, plain]);
  deepEqual(both('`${ok ? "yes || 是" : "\\" || no"}.`'), [
    '`${ok ? "yes" : "\\""}.`',
    '`${ok ? "是" : "no"}.`',
  ]);
});

Deno.test("a pair with a third side or an empty one is refused", () => {
  throws(() => codeIn('f("a || 甲 || b")', "en"), {
    name: "PairError",
    message:
      'Cannot read "a || 甲 || b": a string or comment has one English and one Chinese side,' +
      ' separated by " || "',
  });
  throws(() => codeIn('f(" || 甲")', "en"), /Cannot read " \|\| 甲"/);
});

Deno.test("comments are found and left out, strings that look like them are not", () => {
  const code = 'get("https://a"); // far\n// alone\n/* two\nlines */ go(`//${"//"}`);  ';
  deepEqual(literalsOf(code), [
    '"https://a"',
    "// far",
    "// alone",
    "/* two\nlines */",
    '`//${"//"}`',
  ]);
  equal(withoutComments(code), 'get("https://a");\n go(`//${"//"}`);');
});
