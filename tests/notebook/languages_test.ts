/**
 * Each edition keeps to its language: no English text in the Chinese one, and no Chinese in the
 * English one except the data's own.
 */
import assert from "node:assert/strict";
import { type Exercise, EXERCISES } from "../../lib/exercises/mod.ts";
import { QUIZZES } from "../../lib/quizzes/mod.ts";
import { CHAPTER_FLAGS } from "../../lib/settings/mod.ts";
import { SLIDERS } from "../../lib/sliders/mod.ts";
import { LANGUAGES, type Text, type Words } from "../../lib/text/mod.ts";
import { type QuizQuestion, type SliderDefinition, startValues } from "../../lib/widgets/mod.ts";
import { literalsOf } from "../../scripts/code_pairs.ts";
import { committedNotebooks, type NotebookCell } from "../helpers/notebooks.ts";

const HAN = /\p{Script=Han}+/gu;

/** Words that both editions use: settings, functions and terms without a Chinese name. */
const TERMS = new Set([
  ...Object.keys(CHAPTER_FLAGS),
  ...[
    "gold",
    "logit",
    "logits",
    "log",
    "pi",
    "sigmoid",
    "softmax",
    "softplus",
    "min",
    "max",
    "nats",
  ],
]);

/** English words of a text, without code and formulas. */
const wordsOf = (text: string): string[] =>
  (text.replaceAll(/`[^`]*`|\$\{[^}]*\}|\w*[_(]\w*/g, " ").match(/\b[a-z]{3,}\b/g) ?? [])
    .filter((word) => !TERMS.has(word));

/** What is wrong with a text; undefined if it is right in both languages. */
function faultOf(text: Text): string | undefined {
  const foreign = (text.en.match(HAN) ?? []).filter((chinese) => !text.zh.includes(chinese));
  if (foreign.length > 0) return `Chinese in English: ${text.en}`;
  const isEnglish = wordsOf(text.zh).length > 0 && !text.zh.match(HAN);
  return isEnglish ? `English in Chinese: ${text.zh}` : undefined;
}

const faults = (texts: readonly Words[]): string[] =>
  texts.flatMap((words) =>
    faultOf(typeof words === "string" ? { en: words, zh: words } : words) ?? []
  );

Deno.test("a text that is in the wrong language is found, symbols and names are not", () => {
  assert.deepEqual(faults(["λ · lam", { en: "log π of 天", zh: "“天”的 log π" }, "[SEP]"]), []);
  assert.deepEqual(faults(["reward", { en: "the 天", zh: "词元" }]), [
    "English in Chinese: reward",
    "Chinese in English: the 天",
  ]);
});

Deno.test("quizzes are whole in both languages", () => {
  const questions: readonly QuizQuestion[] = Object.values(QUIZZES).flat();
  const texts = questions.flatMap(({ question, choices }) => [
    question,
    ...choices.flatMap(({ text, why }) => [text, why]),
  ]);
  assert.deepEqual(faults(texts), []);
});

Deno.test("what exercises say is whole in both languages", () => {
  const exercises: readonly Exercise[] = Object.values(EXERCISES);
  const texts = exercises.flatMap(({ mistakes, solved }) => [
    ...mistakes.map(({ says }) => says),
    solved,
  ]);
  assert.deepEqual(faults(texts), []);
});

/** Every text of a slider at its start. */
function textsOfSlider(definition: SliderDefinition): Words[] {
  const { panels, readout } = definition.draw(startValues(definition));
  const controls = Object.values(definition.controls).flatMap((control) => [
    control.label,
    ...(control.kind === "choice" ? control.options.map(({ name }) => name) : []),
  ]);
  const drawn = panels.flatMap((panel) =>
    "curves" in panel
      ? [panel.x.title, panel.y.title, ...panel.curves.map(({ name }) => name)]
      : [panel.x.title, ...panel.series.map(({ name }) => name)]
  );
  return [definition.title, readout, ...controls, ...drawn];
}

Deno.test("sliders are whole in both languages", () => {
  const definitions: readonly SliderDefinition[] = Object.values(SLIDERS);
  assert.deepEqual(faults(definitions.flatMap(textsOfSlider)), []);
});

const editions = { en: committedNotebooks("en"), zh: committedNotebooks("zh") };

const literalsIn = ({ cell_type, source }: NotebookCell): string[] =>
  cell_type === "code" ? literalsOf(source) : [];

editions.en.forEach((notebook, chapter) => {
  Deno.test(`${notebook.name}: titles and comments in code are in both languages`, () => {
    const chinese = editions.zh[chapter].cells.flatMap(literalsIn);
    const texts = notebook.cells.flatMap(literalsIn).map((en, index) => ({
      en,
      zh: chinese[index],
    }));
    const sentences = texts.filter(({ en }) =>
      wordsOf(en).length > 1 && !/^"ppo\/|^\/\/ \w+: /.test(en)
    );
    assert.ok(sentences.length > 5);
    assert.deepEqual(faults(sentences), []);
  });
});

for (const { name, cells } of editions.zh) {
  Deno.test(`${name}: one-word titles and names are Chinese in the Chinese edition`, () => {
    const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source);
    const titles = [...code.join("\n").matchAll(/\b(?:\w*[tT]itle|name): (["`])(.*?)\1/g)];
    assert.ok(titles.length > 1);
    const wrong = titles.map(([, , title]) => title)
      .filter((title) => !title.match(HAN) && wordsOf(title).length > 0);
    assert.deepEqual(wrong, []);
  });
}

/**
 * What the outputs of a cell are called: `titles` of tables and figures, `names` of columns, axes
 * and panels.
 */
function shownTexts({ outputs }: NotebookCell): { titles: string[]; names: string[] } {
  const bundles = outputs.map(({ data }) => Object(data));
  const html = bundles.map((bundle) => [bundle["text/html"] ?? ""].flat().join("")).join("");
  const layouts = bundles.map((bundle) => bundle["application/vnd.plotly.v1+json"]?.layout ?? {});
  const inHtml = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>([^<]*)<`, "g"))].map(([, text]) => text);
  const inLayout = (layout: object) =>
    [...JSON.stringify(layout).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text);
  const others = layouts.map(({ title: _, ...others }) => others);
  return {
    titles: [...inHtml("caption"), ...layouts.flatMap(({ title = {} }) => inLayout(title))],
    names: [...inHtml("th"), ...others.flatMap(inLayout)].filter((name) => name !== ""),
  };
}

for (const language of LANGUAGES) {
  for (const { name, cells } of editions[language]) {
    const found = cells.map(shownTexts);
    const names = found.flatMap(({ names }) => names);
    Deno.test({
      name: `${name} (${language}): titles, axes and heads of its outputs are in its language`,
      ignore: names.length === 0, // not executed yet
      fn: () => {
        const isEnglish = (text: string) => !text.match(HAN) && wordsOf(text).length > 0;
        const isChinese = (text: string) => text.match(HAN) !== null && wordsOf(text).length === 0;
        const titles = found.flatMap(({ titles }) => titles);
        // in English, a passage or a question may be the title of a table
        const wrong = language === "zh"
          ? [...titles, ...names].filter(isEnglish)
          : names.filter(isChinese);
        assert.deepEqual(wrong, []);
      },
    });
  }
}
