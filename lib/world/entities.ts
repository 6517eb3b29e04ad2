/** All entities of all tables. */
import { tables } from "./facts/mod.ts";
import { entitiesOf, type Entity } from "./table.ts";

/** All entities of all tables, in their order. */
export function allEntities(): Entity[] {
  return tables.flatMap(entitiesOf);
}
