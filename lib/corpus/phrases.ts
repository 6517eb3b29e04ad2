/**
 * The question grammar spelled out: every pattern becomes plain strings before and behind the name.
 */
import { type Relation, relationNames, relations } from "./relations.ts";

/** One way to ask: `before` + name + `behind` is the whole question. */
export interface Phrase {
  /** What is asked for. */
  relation: Relation;
  /** The text before the entity's name. */
  before: string;
  /** The text behind the entity's name. */
  behind: string;
}

/** All strings of a pattern such as `(哪年|何时)通车(|的)？`; groups may not nest. */
export function expand(pattern: string): string[] {
  const group = /\(([^()]*)\)/.exec(pattern);
  if (!group) return [pattern];
  const head = pattern.slice(0, group.index);
  const tails = expand(pattern.slice(group.index + group[0].length));
  const choices = (group[1] ?? "").split("|");
  return choices.flatMap((choice) => tails.map((tail) => head + choice + tail));
}

/** Every accepted phrase of the grammar. */
export const acceptedPhrases: readonly Phrase[] = relationNames.flatMap((relation) => {
  const spelled = new Set(relations[relation].accept.flatMap(expand));
  return [...spelled].filter(isPlain).map((text) => {
    const [before = "", behind = ""] = text.split("{n}");
    return { relation, before, behind };
  });
});

/** 首都为什么 reads as "why": such forms drop out, but 为什么闻名 asks for the reason and stays. */
function isPlain(text: string): boolean {
  return !text.includes("为什么") || /为什么(闻名|出名|有名|著名)/.test(text);
}

/** The question that asks `name` in the words of a phrasing. */
export function fill(phrasing: string, name: string): string {
  return phrasing.replaceAll("{n}", name);
}
