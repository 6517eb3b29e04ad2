/** Each exercise, as it stands in its notebook: the stub fails, the solution passes, typical mistakes get their sentence. */
import assert from "node:assert/strict";
import { EXERCISES } from "../../lib/exercises/mod.ts";
import { checkAnswer, type Exercise } from "../../lib/exercises/mod.ts";
import { committedNotebooks, isSolution, type Notebook } from "../helpers/notebooks.ts";

interface Placed {
  readonly chapter: string;
  readonly name: string;
  readonly stub: string;
  readonly solution: string;
  /** The imports of the whole notebook. */
  readonly imports: string;
}

/** The exercises of a notebook: a check cell, the code cell before it, the solution after it. */
function exercisesOf({ name: chapter, cells }: Notebook): Placed[] {
  const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source)
    .join("\n");
  const imports = (code.match(/^import [\s\S]*?;$/gm) ?? []).join("\n");
  return cells.flatMap((cell, index) => {
    const name = cell.cell_type === "code"
      ? /^(?:await )?check\("(\w+)"/.exec(cell.source)?.[1]
      : undefined;
    if (name === undefined) return [];
    const solution = /```ts\n([\s\S]*?)```/.exec(
      isSolution(cells[index + 1]) ? cells[index + 1].source : "",
    )
      ?.[1];
    assert.ok(
      solution !== undefined,
      `${chapter}: after check("${name}") a folded solution follows`,
    );
    assert.match(
      cells[index - 1].source,
      new RegExp(`\\b${name}\\b`),
      `${chapter}: the stub of ${name} stands before`,
    );
    return [{ chapter, name, stub: cells[index - 1].source, solution, imports }];
  });
}

/** The function `name` that a cell's source defines, with the notebook's imports. */
async function load(source: string, { name, imports }: Placed): Promise<Exercise["expected"]> {
  const path = new URL(
    `../../notebooks/.exercise_${name}_${crypto.randomUUID()}.ts`,
    import.meta.url,
  );
  await Deno.writeTextFile(path, `${imports}\n${source}\nexport { ${name} };\n`);
  try {
    return (await import(path.href))[name];
  } finally {
    await Deno.remove(path);
  }
}

const notebooks = committedNotebooks();
const placed = notebooks.flatMap(exercisesOf);
const exercises: Readonly<Record<string, Exercise>> = EXERCISES;

Deno.test("every exercise stands in one chapter, and every chapter has three to five", () => {
  assert.deepEqual(placed.map(({ name }) => name).sort(), Object.keys(exercises).sort());
  for (const { name } of notebooks) {
    const count = placed.filter(({ chapter }) => chapter === name).length;
    assert.ok(count >= 3 && count <= 5, `${name} has ${count} exercises`);
  }
});

for (const exercise of placed) {
  const { chapter, name } = exercise;
  Deno.test(`${chapter}, ${name}: the stub fails and the solution passes`, async () => {
    const stub = checkAnswer(exercises[name], await load(exercise.stub, exercise));
    assert.ok(!stub.passed, "the stub must fail");
    const solution = checkAnswer(exercises[name], await load(exercise.solution, exercise));
    assert.ok(solution.passed, solution.says.en);
  });
}

for (const [name, exercise] of Object.entries(exercises)) {
  Deno.test(`${name}: at least two typical mistakes fail, each with its own sentence in both languages`, () => {
    assert.ok(exercise.mistakes.length >= 2, `${exercise.mistakes.length} mistakes`);
    for (const { answer, says } of exercise.mistakes) {
      const verdict = checkAnswer(exercise, answer);
      assert.ok(!verdict.passed);
      assert.deepEqual(verdict.says, says);
      assert.match(says.zh, /\p{Script=Han}/u);
    }
    assert.ok(checkAnswer(exercise, exercise.expected).passed);
  });
}
