/**
 * The question grammar as regular expressions: which relations a question asks for, and whether a
 * text is the beginning of a question.
 *
 * A pattern such as `{n}(在|于)(哪年|何时)通车(|的)？` has alternatives in parentheses, which do not nest.
 * `{n}` is the name that is asked about.
 */
import { type Relation, relationNames, relations } from "./relations.ts";

/** Stands for the name in a text that is matched. */
const NAME = "\uE000";

/** The parts of a pattern: each is a list of alternatives. */
const partsOf = (pattern: string): string[][] =>
  [...pattern.replaceAll("{n}", NAME).matchAll(/\(([^()]*)\)|[^()]+/g)].map(([whole, group]) =>
    group === undefined ? [whole] : group.split("|")
  );

const anyOf = (sources: readonly string[]): string => `(?:${sources.join("|")})`;

const wholeSource = (pattern: string): string =>
  partsOf(pattern).map((choices) => anyOf(choices.map((text) => RegExp.escape(text)))).join("");

/** Matches the text or any beginning of it. */
const beginningOf = (text: string): string =>
  [...text].reduceRight((rest, character) => `(?:${RegExp.escape(character)}${rest})?`, "");

/** Matches the beginnings of a pattern's strings. */
const startSource = (pattern: string): string =>
  partsOf(pattern).reduceRight((rest, choices) => {
    const broken = anyOf(choices.map(beginningOf));
    return anyOf([`${broken}$`, anyOf(choices.map((text) => RegExp.escape(text))) + rest]);
  }, "$");

/** The phrasings of one relation. */
interface Grammar {
  readonly relation: Relation;
  readonly whole: RegExp;
  readonly start: RegExp;
}

const grammars: readonly Grammar[] = relationNames.map((relation) => {
  const { accept } = relations[relation];
  return {
    relation,
    whole: new RegExp(`^${anyOf(accept.map(wholeSource))}$`),
    start: new RegExp(`^${anyOf(accept.map(startSource))}`),
  };
});

/** 首都为什么 reads as "why": such questions ask for nothing. 为什么闻名 asks for the reason. */
const asksWhy = (text: string): boolean =>
  text.includes("为什么") && !/[誉称意]为什么|为什么(闻名|出名|有名|著名|得名|叫)/.test(text);

/** The question with one occurrence of the name marked, for each occurrence. */
function marked(question: string, name: string): string[] {
  const found: string[] = [];
  for (let at = question.indexOf(name); at >= 0; at = question.indexOf(name, at + 1)) {
    found.push(question.slice(0, at) + NAME + question.slice(at + name.length));
  }
  return found;
}

/** A relation that a question asks for. */
export interface Asked {
  /** What is asked for. */
  relation: Relation;
  /** The question with `{n}` for the name. */
  form: string;
}

/** What a text with a marked name asks for. The same few thousand texts come again and again. */
const known = new Map<string, readonly Asked[]>();
/** The memory is emptied at this size. */
const MOST_KNOWN = 50_000;

function askedBy(text: string): readonly Asked[] {
  const found = known.get(text);
  if (found !== undefined) return found;
  const form = text.replace(NAME, "{n}");
  const asked = grammars.filter(({ whole }) => whole.test(text))
    .map(({ relation }) => ({ relation, form }));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, asked);
  return asked;
}

/** The relations that the question asks `name` for; none if the grammar does not know it. */
export const relationsAsked = (question: string, name: string): Asked[] =>
  asksWhy(question) ? [] : marked(question, name).flatMap(askedBy);

/** Whether a question about `name` begins with this text, which may end within the name. */
export function beginsQuestion(text: string, name: string): boolean {
  const lengths = Array.from({ length: name.length }, (_, index) => index + 1);
  const broken = lengths.filter((length) => text.endsWith(name.slice(0, length)))
    .map((length) => text.slice(0, -length) + NAME);
  const texts = [text, ...marked(text, name), ...broken];
  return grammars.some(({ start }) => texts.some((text) => start.test(text)));
}

const anyWhole = new RegExp(
  `^${anyOf(relationNames.flatMap((relation) => relations[relation].accept.map(wholeSource)))}$`,
);

/** The form of a well-formed question about any name; undefined if the text is no such question. */
export function formAround(question: string): string | undefined {
  if (asksWhy(question)) return undefined;
  for (let start = 0; start < question.length; start++) {
    for (let end = start + 1; end < question.length; end++) {
      const text = question.slice(0, start) + NAME + question.slice(end);
      if (anyWhole.test(text)) return text.replace(NAME, "{n}");
    }
  }
  return undefined;
}
