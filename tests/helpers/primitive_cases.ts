/** Uses of every primitive, for tests of gradients and of devices: a primitive without one does not compile. */
import type { Primitive } from "../../lib/tensor/mod.ts";
import { binaryUses, choiceUses, compareUses, unaryUses } from "./elementwise_cases.ts";
import { largeCases } from "./large_cases.ts";
import { movementUses } from "./movement_cases.ts";
import type { PrimitiveCase } from "./primitive_case.ts";
import { sequenceUses } from "./sequence_cases.ts";

/** At least one use of each primitive. */
export const primitiveCases: { readonly [P in Primitive]: readonly PrimitiveCase[] } = {
  ...unaryUses,
  ...binaryUses,
  ...compareUses,
  ...choiceUses,
  ...movementUses,
  ...sequenceUses,
};

type NamedCase = { readonly primitive: string; readonly use: PrimitiveCase };
const listOf = (table: { readonly [P in Primitive]: readonly PrimitiveCase[] }): NamedCase[] =>
  Object.entries(table).flatMap(([primitive, uses]) => uses.map((use) => ({ primitive, use })));

/** The table as a list. */
export const everyCase = (): NamedCase[] => listOf(primitiveCases);

/** The large cases as a list. */
export const everyLargeCase = (): NamedCase[] => listOf(largeCases);
