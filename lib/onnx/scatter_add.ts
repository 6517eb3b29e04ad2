/**
 * Lowering of `scatterAdd`, which adds rows into a table of zeros, to ScatterElements. ScatterND
 * would lose updates when indices repeat and several threads add.
 *
 * Unlike the other kernels, WebGPU's ScatterElements fails on a table that is larger than one GPU
 * binding. Such a table is made in pieces: piece [first, end) adds the rows that belong to it, and
 * zeros in place of the others.
 */
import { axesOf, dropAxes, type NodeOf, sizeOf, UNKNOWN } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import { grouped, reshaped, ungrouped, type Value } from "./layout.ts";

/** The rows to add: the names of their places [row, 1] and of the rows [row, width]. */
interface Rows {
  readonly places: string;
  readonly updates: string;
  readonly width: number;
}

/** A table of `size` rows. */
function addInto(emitter: Emitter, { places, updates, width }: Rows, size: number): string {
  const wide = emitter.emit("Expand", [places, emitter.whole(1, width)]);
  const zeros = emitter.emit("Expand", [emitter.number(0), emitter.whole(size, width)]);
  return emitter.emit("ScatterElements", [zeros, wide, updates], {
    attributes: { axis: 0, reduction: "add" },
  });
}

/**
 * Rows first to end - 1 of the table. Rows that belong elsewhere are added to the first one as
 * zeros.
 */
function piece(emitter: Emitter, { places, updates, width }: Rows, first: number, end: number) {
  const row = (place: number) => emitter.number(place, "int32");
  const isBefore = (place: number) => emitter.emit("Less", [places, row(place)]);
  const belongs = emitter.emit("And", [emitter.emit("Not", [isBefore(first)]), isBefore(end)]);
  const shifted = emitter.emit("Sub", [places, row(first)]);
  const own: Rows = {
    places: emitter.emit("Where", [belongs, shifted, row(0)]),
    updates: emitter.emit("Where", [belongs, updates, emitter.number(0)]),
    width,
  };
  return addInto(emitter, own, end - first);
}

/** Emits the table and returns its name. */
export function emitScatterAdd(
  emitter: Emitter,
  node: NodeOf<"scatterAdd">,
  [indices, updates]: readonly Value[],
): string {
  const { axis, size } = node.attributes;
  const rowAxes = axesOf(indices.shape), rest = dropAxes(updates.shape, rowAxes);
  const rows: Rows = {
    places: reshaped(emitter, indices, { row: UNKNOWN, one: 1 }).name,
    updates: grouped(emitter, updates, [rowAxes, axesOf(rest)]).name,
    width: sizeOf(rest),
  };
  const rowsAtOnce = Math.max(1, Math.floor(emitter.bindingBytes / (4 * rows.width)));
  const starts = Array.from({ length: Math.ceil(size / rowsAtOnce) }, (_, at) => at * rowsAtOnce);
  const endOf = (start: number) => Math.min(size, start + rowsAtOnce);
  const name = starts.length <= 1 ? addInto(emitter, rows, size) : emitter.emit(
    "Concat",
    starts.map((start) => piece(emitter, rows, start, endOf(start))),
    { attributes: { axis: 0 } },
  );
  return ungrouped(emitter, name, [[axis], axesOf(rest)], node.shape);
}
