/** Tables of facts: what a kind of entity is, and how its rows become entities with facts. */
import type { Relation } from "./relations.ts";
import { placeRelation } from "./places.ts";

/**
 * A column is a relation, or `where`: a place whose sort (province, country ...) the value decides.
 */
export interface Column {
  relation: Relation | "where";
  /** Written behind the cell in every passage: 米, 公里, 年. */
  unit?: string;
  /**
   * Ways to say it. `{v}` is the value; a leading `~` wants 的 behind a subject; one that holds
   * `{n}` (the name or its pronoun) is a sentence of its own.
   */
  says: readonly string[];
}

/**
 * One kind of entity; `rows` has an entity a line, cells divided by `|`, `-` where nothing is said.
 */
export interface Table {
  kind: string;
  pronoun: string;
  /** Names that take another pronoun. */
  pronouns?: Readonly<Record<string, string>>;
  columns: readonly Column[];
  rows: string;
}

/** One fact with the ways to say it. */
export interface Fact {
  /** What is said. */
  relation: Relation;
  /** With its unit, as a passage writes it. */
  value: string;
  /** Ways to say it; `{v}` is the value. */
  says: readonly string[];
}

/** Something with a name and facts; `relations` are all that its kind could tell. */
export interface Entity {
  /** As passages write it; unique among the entities. */
  name: string;
  /** What it is: 山, 城市. */
  kind: string;
  /** 它, 他 or 她: what a later clause may say for the name. */
  pronoun: string;
  /** What is known of it. */
  facts: readonly Fact[];
  /** What its kind could tell, known or not. */
  relations: readonly Relation[];
}

/** The entities of a table; throws a RangeError for a row with the wrong number of cells. */
export function entitiesOf(table: Table): Entity[] {
  const lines = table.rows.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => entityOf(line.split("|"), table));
}

function entityOf([name = "", ...cells]: string[], table: Table): Entity {
  if (cells.length !== table.columns.length) {
    throw new RangeError(
      `Cannot read the row of "${name}" (${table.kind}): it has ${cells.length} cells, not ${table.columns.length}`,
    );
  }
  const facts = table.columns.flatMap((column, i) => factsOf(column, cells[i] ?? "-"));
  const pronoun = table.pronouns?.[name] ?? table.pronoun;
  const named = table.columns.map(({ relation }) => relation).filter((relation) =>
    relation !== "where"
  );
  const relations = [...new Set([...facts.map(({ relation }) => relation), ...named])];
  return { name, kind: table.kind, pronoun, facts, relations };
}

function factsOf({ relation, unit = "", says }: Column, cell: string): Fact[] {
  if (cell === "-") return [];
  return [{
    relation: relation === "where" ? placeRelation(cell) : relation,
    value: cell + unit,
    says,
  }];
}
