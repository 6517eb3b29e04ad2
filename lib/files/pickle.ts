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
import type { NumberFormat, TensorView } from "./tensor.ts";

/** A value that a pickle can hold. */
export type PickleValue = null | boolean | number | bigint | string | PickleObject;

/** A value with parts. */
export type PickleObject = PickleItems | PickleDict | PickleName | TorchStorage | TorchTensor;

/** A list or a tuple. */
export interface PickleItems {
  readonly kind: "list" | "tuple";
  readonly items: PickleValue[];
}

/** A dictionary. */
export interface PickleDict {
  readonly kind: "dict";
  /** Its entries, in the order in which they were set. */
  readonly entries: Map<PickleValue, PickleValue>;
}

/** An allowed name that has not been called. */
export interface PickleName {
  readonly kind: "name";
  /** Module and name: `collections.OrderedDict`. */
  readonly name: string;
}

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

/** A tensor. */
export interface TorchTensor {
  readonly kind: "tensor";
  readonly view: TensorView;
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

/** The state of the stack machine. */
export interface PickleMachine extends PickleOptions {
  /** All bytes. */
  readonly bytes: Uint8Array;
  /** The same bytes, to read numbers from. */
  readonly view: DataView;
  /** The position of the next byte. */
  at: number;
  /** Values that have not been used. */
  readonly stack: PickleValue[];
  /** The start of each open group on the stack. */
  readonly marks: number[];
  /** Values that are referred to again later. */
  readonly memo: Map<number, PickleValue>;
}

/** An error that names the file. */
export const pickleError = (path: string, state: string): Error =>
  new Error(`Cannot read ${path}: its pickle ${state}`);

/** Takes the next `length` bytes. */
export function take(machine: PickleMachine, length: number): Uint8Array {
  const { bytes, at, path } = machine;
  if (length > bytes.length - at) {
    throw pickleError(path, `ends at byte ${bytes.length}, in the middle of a value`);
  }
  machine.at += length;
  return bytes.subarray(at, at + length);
}

/** Returns the value on top of the stack and leaves it there. */
export function top({ stack, marks, path }: PickleMachine): PickleValue {
  const value = stack.length > (marks.at(-1) ?? 0) ? stack.at(-1) : undefined;
  if (value === undefined) throw pickleError(path, "takes a value where there is none");
  return value;
}

/** Takes the value on top of the stack. */
export function pop(machine: PickleMachine): PickleValue {
  const value = top(machine);
  machine.stack.pop();
  return value;
}

/** Takes the values of the innermost open group. */
export function popGroup({ stack, marks, path }: PickleMachine): PickleValue[] {
  const start = marks.pop();
  if (start === undefined) throw pickleError(path, "closes a group that was not opened");
  return stack.splice(start);
}
