/** Tries a learner's function and says what came of it. */
import { displaySymbol, escapeHtml } from "../display/mod.ts";
import { say, type Text } from "../text/mod.ts";
import type { Shown } from "../widgets/mod.ts";
import type { Answer, Exercise, Result } from "./exercise.ts";

/** What a check found; shows itself as a notebook cell's last expression. */
export interface Verdict extends Shown {
  /** Whether all cases agree. */
  readonly passed: boolean;
  /** What to tell the learner. */
  readonly says: Text;
}

/**
 * Relative to the largest number of a result: enough for sums in another order, too little for
 * another formula.
 */
const TOLERANCE = 1e-6;

/** Runs `answer` on the exercise's cases. An error that it throws is part of the verdict. */
export function checkAnswer<F extends Answer>(exercise: Exercise<F>, answer: F): Verdict {
  for (const inputs of exercise.cases) {
    const expected = exercise.expected(...inputs);
    const found = attempt(answer, inputs);
    if (found instanceof Error) return verdict(false, threw(found, inputs));
    if (agrees(found, expected)) continue;
    const mistake = exercise.mistakes.find((mistake) =>
      sameEverywhere(exercise, mistake.answer, answer)
    );
    return verdict(false, mistake?.says ?? differs(inputs, expected, found));
  }
  return verdict(true, exercise.solved);
}

function attempt<F extends Answer>(answer: F, inputs: Parameters<F>): Result | Error {
  try {
    return answer(...structuredClone(inputs)); // the learner may sort or fill what was given
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Whether `answer` makes this mistake: the same results on all cases. */
function sameEverywhere<F extends Answer>({ cases }: Exercise<F>, mistake: F, answer: F): boolean {
  return cases.every((inputs) => {
    const [wrong, found] = [attempt(mistake, inputs), attempt(answer, inputs)];
    return !(wrong instanceof Error) && !(found instanceof Error) && agrees(found, wrong);
  });
}

/** Whether two results are equal but for rounding. */
export function agrees(found: unknown, expected: Result): boolean {
  if (typeof expected === "number") {
    return typeof found === "number" &&
      (Object.is(found, expected) ||
        Math.abs(found - expected) <= TOLERANCE * Math.max(1, Math.abs(expected)));
  }
  return isRow(found) && found.length === expected.length &&
    expected.every((part, index) => agrees(found[index], part));
}

const isRow = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);

function threw({ message }: Error, inputs: readonly unknown[]): Text {
  return {
    en: `Your function threw an error for ${shown(inputs)}: ${message}`,
    zh: `函数在输入 ${shown(inputs)} 时抛出了错误：${message}`,
  };
}

function differs(inputs: readonly unknown[], expected: Result, found: unknown): Text {
  const given = shown(inputs);
  if (found === undefined) {
    return {
      en: `For ${given} your function returned nothing; ${shown(expected)} was expected.`,
      zh: `输入 ${given} 时，函数没有返回值；应为 ${shown(expected)}。`,
    };
  }
  return {
    en: `Not yet: for ${given} the answer is ${shown(expected)}, your function gave ${
      shown(found)
    }.`,
    zh: `还不对：输入 ${given} 时，答案是 ${shown(expected)}，你的函数给出 ${shown(found)}。`,
  };
}

/** Values as a reader writes them, numbers with five digits. */
function shown(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(5)));
  if (isRow(value)) return `[${Array.from(value, shown).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${
      Object.entries(value).map(([name, part]) => `${name}: ${shown(part)}`).join(", ")
    } }`;
  }
  return typeof value === "string" ? `"${value}"` : String(value);
}

function verdict(passed: boolean, says: Text): Verdict {
  const [sign, color] = passed ? ["✓", "#d9f0e6"] : ["✗", "#fbe3d6"];
  const text = `${sign} ${say(says)}`;
  const html = `<div style="background:${color};color:#222;padding:6px 12px;border-radius:4px;` +
    `max-width:760px">${escapeHtml(text)}</div>`;
  return { passed, says, [displaySymbol]: () => ({ "text/html": html, "text/plain": text }) };
}
