/**
 * Shows what the corpus generator writes for some kinds of entities, with figures that say where a
 * table needs work.
 *
 *     deno run -A scripts/preview_corpus.ts river lake --count 20 --seed 1
 */
import { parseArgs } from "node:util";
import { allEntities, FAULTS, judgeQuestion, makeCorpus } from "../lib/world/mod.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "20" }, seed: { type: "string", default: "1" } },
});
const chosen = allEntities().filter(({ table: { kind } }) =>
  positionals.length === 0 || positionals.includes(kind)
);
const shown = makeCorpus(Number(values.seed), chosen);
for (const passage of shown.slice(0, Number(values.count))) {
  const { content, questions, written, split } = passage;
  console.log(`\n[${passage.kind}, ${split}, ${content.length}] ${content}`);
  for (const { text, answer } of questions) {
    const { reason } = judgeQuestion(text, passage);
    console.log(`   ${reason === "right" ? " " : `!! ${reason} `}${text} → ${answer}`);
  }
  for (const { text, noise } of written.filter(({ noise }) => noise !== "clean")) {
    console.log(`   (${noise}) ${text}`);
  }
}

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
for (const [kind, passages] of Map.groupBy(shown, ({ kind }) => kind)) {
  const questions = passages.flatMap((passage) => passage.questions);
  const forms = [...Map.groupBy(questions, ({ form }) => form)].map(([form, { length }]) => ({
    form,
    length,
  })).toSorted((a, b) => b.length - a.length);
  const wrong = passages.flatMap((passage) =>
    passage.questions.filter(({ text }) => !judgeQuestion(text, passage).right)
  );
  console.log(
    `\n${kind}: ${passages.length} passages about ${
      new Set(passages.map(({ entity }) => entity)).size
    } entities, ${mean(passages.map(({ content }) => content.length)).toFixed(0)} characters, ${
      percent(mean(passages.map(({ second }) => Number(second !== undefined))))
    } with a second entity, ${(questions.length / passages.length).toFixed(1)} questions each, ${
      percent(mean(questions.map(({ asks }) => Number(asks === "reverse"))))
    } reverse, ${
      percent(mean(questions.map(({ asks }) => Number(asks === "comparison"))))
    } comparing`,
  );
  console.log(`  clean questions judged wrong: ${wrong.length}`);
  const common = forms.slice(0, 5).map(({ form, length }) =>
    `${form} ${percent(length / questions.length)}`
  );
  console.log(`  commonest forms: ${common.join("  ")}`);
}
const written = shown.filter(({ split }) => split === "sft").flatMap((passage) => passage.written);
const shares = FAULTS.map((fault) =>
  `${fault} ${percent(written.filter(({ noise }) => noise === fault).length / written.length)}`
);
console.log(`\nsft lines ${written.length}: ${shares.join(", ")}`);
