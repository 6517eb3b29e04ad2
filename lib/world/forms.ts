/**
 * The ways to ask, spelled out: each pattern becomes plain strings with `{n}` for the name that is
 * asked about, `{v}` for the value that is given, `{a}` and `{b}` for two names that are compared.
 */
import { expand, placeRelation } from "../corpus/mod.ts";
import type { StatedFact } from "./passages.ts";
import type { Column, Table } from "./table.ts";

/** Measure words before 的 or a predicate, in the order in which the writer prefers them. */
export interface ReverseForms {
  /** The column whose value is given. */
  column: Column;
  /** Patterns with `{v}`, expanded. */
  forms: readonly string[];
}

const reverseOf = new WeakMap<Table, ReverseForms[]>();

/** Questions that give a value and ask for the name: 哪条河发源于{v}？ */
export function reverseForms(table: Table): readonly ReverseForms[] {
  const known = reverseOf.get(table);
  if (known !== undefined) return known;
  const made = table.columns.map((column) => {
    const predicates = column.says.map((says) =>
      says.startsWith("~") ? `的${says.slice(1)}` : says
    );
    const patterns = [
      ...(column.reverse === false ? [] : column.reverse ?? []),
      ...predicates.map((predicate) => `${table.which}${predicate}？`),
    ];
    return { column, forms: [...new Set(patterns.flatMap(expand))] };
  });
  reverseOf.set(table, made);
  return made;
}

/** Questions that give an answer away and want a yes: {n}发源于{v}吗？ */
export const givenAwayForms = ({ says }: Column): string[] =>
  says.map((predicate) => `{n}${predicate.replace(/^~/, "的")}吗？`);

/** Questions that compare two entities: {a}和{b}哪条更长？ */
export function comparisonForms(table: Table, column: Column): string[] {
  const patterns = (column.compare ?? []).flatMap((comparative) => [
    `{a}(和|与){b}${table.compared}${comparative}？`,
    `{a}(和|与){b}相比，${table.compared}${comparative}？`,
    `${table.compared}${comparative}，{a}还是{b}？`,
  ]);
  return [...new Set(patterns.flatMap(expand))];
}

/** The column of a table that a stated fact comes from. */
export function columnOf(table: Table, { relation, value }: StatedFact): Column | undefined {
  return table.columns.find((column) =>
    column.relation === relation ||
    (column.relation === "where" && placeRelation(value) === relation)
  );
}
