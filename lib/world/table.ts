/** Tables of facts: what is known of a kind of thing, and how a passage says it. */
import { placeRelation } from "../corpus/mod.ts";
import type { Relation } from "./relations.ts";

/** A column of a table: one relation between the entities of the table and a value. */
export interface Column {
  /** The relation, or `where`: a place whose sort (province, country ...) the value decides. */
  relation: Relation | "where";
  /** Follows the cell wherever the value is written: 米, 公里, 年. */
  unit?: string;
  /**
   * Predicates, without a subject: `发源于{v}`. One that needs 的 after its subject begins with
   * `~`: `~长度约为{v}`. They are used in questions only: 哪条河发源于青藏高原？
   * 长江发源于青藏高原吗？
   */
  says: readonly string[];
  /**
   * More patterns of questions that ask for the entity by this value (`谁写了{v}？`), next to
   * those made of the table's `which` and `says`. With `false` nothing is asked for by this value.
   */
  reverse?: readonly string[] | false;
  /** Comparatives of a number or a year: `更长`. */
  compare?: readonly string[];
}

/**
 * One kind of entity.
 *
 * A sentence is a template. `{length}` is the value of a column (with its unit, `{where}` for the
 * column `where`), `{n}` the name, `{p}` the name or the pronoun. A part in brackets, such as
 * `[，全长约{length}]`, is left out unless all its values are known, chosen and not said yet. An
 * alternative that begins with `first: ` only opens a passage. A pronoun is written only after a
 * sentence whose subject is the entity: one that begins with `{n}` or `{p}`, but not with `{n}的`.
 */
export interface Table {
  /** The kind's name. */
  kind: string;
  /** What may be said instead of the name: 它, 他, 她. */
  pronoun: string;
  /** Names that take another pronoun. */
  pronouns?: Readonly<Record<string, string>>;
  /** Asks for an entity of this kind: `(哪条|哪一条)(河|河流)`. The first alternatives are used most. */
  which: string;
  /** Asks for one of two in a comparison: `(哪条|哪一条|哪个)`. */
  compared: string;
  /** What is known, in the order of the cells. */
  columns: readonly Column[];
  /**
   * The sentences of a passage in their order. Each is a list of alternatives, of which one is
   * chosen whose values are known, or none.
   */
  sentences: readonly (readonly string[])[];
  /**
   * Sentences that bring in a second entity `{m}` with its values `{m.length}`. A condition may
   * precede: `same continent: ` (both have this value; the passage has said it), `more length: ` or
   * `less length: ` (the second's number is larger or smaller; the passage has said the first's).
   */
  links: readonly string[];
  /** An entity a line, cells separated by `|`, `-` where nothing is said. */
  rows: string;
}

/** One fact of an entity. */
export interface Fact {
  /** The slot that templates name it by: the relation, or `where`. */
  slot: string;
  /** What is said. */
  relation: Relation;
  /** With its unit, as a passage writes it. */
  value: string;
  /** The column that it comes from. */
  column: Column;
}

/** Something with a name and facts. */
export interface Entity {
  /** As passages write it; unique among the entities. */
  name: string;
  /** The table that it is in. */
  table: Table;
  /** 它, 他 or 她. */
  pronoun: string;
  /** What is known of it, in the order of the columns. */
  facts: readonly Fact[];
  /** What its kind could tell, known or not. */
  relations: readonly Relation[];
}

/**
 * The entities of a table.
 *
 * @throws {RangeError} If a row has the wrong number of cells.
 */
export function entitiesOf(table: Table): Entity[] {
  const lines = table.rows.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => entityOf(line.split("|"), table));
}

function entityOf([name = "", ...cells]: string[], table: Table): Entity {
  if (cells.length !== table.columns.length) {
    throw new RangeError(
      `Cannot read the row of "${name}" (${table.kind}): ` +
        `it has ${cells.length} cells, not ${table.columns.length}`,
    );
  }
  const facts = table.columns.flatMap((column, i) => factsOf(column, cells[i] ?? "-"));
  const named = table.columns.map(({ relation }) => relation).filter((relation) =>
    relation !== "where"
  );
  const relations = [...new Set([...facts.map(({ relation }) => relation), ...named])];
  return { name, table, pronoun: table.pronouns?.[name] ?? table.pronoun, facts, relations };
}

function factsOf(column: Column, cell: string): Fact[] {
  if (cell === "-") return [];
  const relation = column.relation === "where" ? placeRelation(cell) : column.relation;
  return [{ slot: column.relation, relation, value: cell + (column.unit ?? ""), column }];
}
