/**
 * The values of a pickle, and the stack machine that builds them.
 *
 * A pickle is a program for a small stack machine, and Python's own reader lets it call any
 * function. Here nothing is looked up and nothing runs: a name is text that is compared with a
 * list, and every instruction outside the handful that PyTorch's files use is refused. Time and
 * memory are bounded by the pickle's length.
 *
 * Source: CPython's `pickletools`, which documents each instruction; PyTorch writes protocol 2.
 */
import { wrongBytes } from "./cannot_read.ts";
import type { NumberFormat, TensorView } from "./tensor.ts";

/** A value that a pickle can hold. */
export type PickleValue = null | boolean | number | bigint | string | PickleObject;

/**
 * A value with parts: a list or tuple, a dictionary with its entries in the order in which they
 * were set, an allowed name that has not been called (`collections.OrderedDict`), or a part of
 * PyTorch's.
 */
export type PickleObject =
  | { readonly kind: "list" | "tuple"; readonly items: PickleValue[] }
  | { readonly kind: "dict"; readonly entries: Map<PickleValue, PickleValue> }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "tensor"; readonly view: TensorView }
  | TorchStorage;

/** A storage outside the pickle. */
export interface TorchStorage {
  readonly kind: "storage";
  /** Its name in the file. */
  readonly key: string;
  /** Its numbers; undefined for a storage that is counted in bytes. */
  readonly format: NumberFormat | undefined;
  /** Its length in bytes. */
  readonly bytes: number;
}

/** Whether a value is of one of these kinds. */
export const isKind = <Kind extends PickleObject["kind"]>(
  value: PickleValue | undefined,
  ...kinds: readonly Kind[]
): value is Extract<PickleObject, { kind: Kind }> =>
  typeof value === "object" && value !== null && kinds.some((kind) => kind === value.kind);

/** Describes a value in words, for errors. */
export function describe(value: PickleValue): string {
  if (value === null) return "None";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (typeof value !== "object") return `the ${typeof value} ${value}`;
  if (value.kind === "name") return `the name "${value.name}"`;
  if (value.kind === "list" || value.kind === "tuple") return `a ${value.kind}`;
  return value.kind === "dict" ? "a dictionary" : "an object";
}

/** What the caller decides. */
export interface PickleOptions {
  /** The file, for errors. */
  readonly path: string;
  /** Whether a name may occur at all. */
  readonly allows: (name: string) => boolean;
  /** Returns the result of calling an allowed name. */
  readonly call: (name: string, args: readonly PickleValue[]) => PickleValue;
  /** Returns the value for an object that the file keeps outside the pickle. */
  readonly persistent: (id: PickleValue) => PickleValue;
}

/** An error that names the file. */
export const pickleError = (path: string, state: string): Error =>
  new Error(wrongBytes(path, `its pickle ${state}`));
