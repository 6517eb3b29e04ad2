/**
 * Lowering of `scatterAdd`, which adds rows into a table of zeros, to ScatterElements. ScatterND
 * would lose updates when indices repeat and several threads add.
 *
 * Unlike the other kernels, WebGPU's ScatterElements fails on a table that is larger than one GPU
 * binding. Such a table is made in pieces: piece [first, end) adds the rows that belong to it, and
 * zeros in place of the others.
 */
import { axesOf, dropAxes, type NodeOf, sizeOf } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import { grouped, ordered, reshaped, type Value } from "./layout.ts";

/** The rows to add: the names of their places [row, 1] and of the rows [row, width]. */
interface Rows {
  readonly places: string;
  readonly updates: string;
  readonly width: number;
}

const number = (emitter: Emitter, value: number, type: "int32" | "float32"): string =>
  emitter.constant([value], [], type);

/** A table of `size` rows. */
function addInto(emitter: Emitter, { places, updates, width }: Rows, size: number): string {
  const wide = emitter.emit("Expand", [places, emitter.constant([1, width], [2], "int64")]);
  const table = emitter.constant([size, width], [2], "int64");
  const zeros = emitter.emit("Expand", [number(emitter, 0, "float32"), table]);
  return emitter.emit("ScatterElements", [zeros, wide, updates], {
    attributes: { axis: 0, reduction: "add" },
  });
}

/**
 * Rows first to end - 1 of the table. Rows that belong elsewhere are added to the first one as
 * zeros.
 */
function piece(
  emitter: Emitter,
  { places, updates, width }: Rows,
  [first, end]: readonly [number, number],
) {
  const isBefore = (place: number) =>
    emitter.emit("Less", [places, number(emitter, place, "int32")]);
  const belongs = emitter.emit("And", [emitter.emit("Not", [isBefore(first)]), isBefore(end)]);
  const shifted = emitter.emit("Sub", [places, number(emitter, first, "int32")]);
  const own: Rows = {
    places: emitter.emit("Where", [belongs, shifted, number(emitter, 0, "int32")]),
    updates: emitter.emit("Where", [belongs, updates, number(emitter, 0, "float32")]),
    width,
  };
  return addInto(emitter, own, end - first);
}

function inPieces(
  emitter: Emitter,
  rows: Rows,
  { size, rowsAtOnce }: { size: number; rowsAtOnce: number },
): string {
  const starts = Array.from(
    { length: Math.ceil(size / rowsAtOnce) },
    (_, index) => index * rowsAtOnce,
  );
  const pieces = starts.map((first) =>
    piece(emitter, rows, [first, Math.min(size, first + rowsAtOnce)])
  );
  return emitter.emit("Concat", pieces, { attributes: { axis: 0 } });
}

/** Emits the table and returns its name. */
export function emitScatterAdd(
  emitter: Emitter,
  node: NodeOf<"scatterAdd">,
  [indices, updates]: readonly Value[],
): string {
  const { axis, size } = node.attributes;
  const rowAxes = axesOf(indices.shape), rest = dropAxes(updates.shape, rowAxes);
  const width = sizeOf(rest);
  const column = reshaped(emitter, ordered(emitter, indices, rowAxes), { row: -1, one: 1 });
  const flat = grouped(emitter, updates, [rowAxes, axesOf(rest)]);
  const rows: Rows = { places: column.name, updates: flat.name, width };
  const rowsAtOnce = Math.max(1, Math.floor(emitter.bindingBytes / (4 * width)));
  const name = size <= rowsAtOnce
    ? addInto(emitter, rows, size)
    : inPieces(emitter, rows, { size, rowsAtOnce });
  if (axesOf(rest).length === 1) return name;
  return reshaped(emitter, { name, shape: { [axis]: size, width }, dtype: "float32" }, node.shape)
    .name;
}
