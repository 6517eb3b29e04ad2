/**
 * Reads a pickle as data: lists, dictionaries, numbers, text, and what the caller makes of the few names it allows.
 *
 * A pickle is a program for a small stack machine, and Python's own reader lets it call any function. Here nothing is looked up and
 * nothing runs: a name is text that is compared with a list, and every instruction outside the handful that PyTorch's files use is
 * refused. Time and memory are bounded by the pickle's length.
 *
 * Source: CPython's `pickletools`, which documents each instruction; PyTorch writes protocol 2.
 */
import { INSTRUCTIONS } from "./pickle_instructions.ts";

/** What a pickle can hold; `Made` is what the caller's functions give. */
export type PickleValue<Made> =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleList<Made>
  | PickleDict<Made>
  | PickleName
  | Made;

/** A list or a tuple. */
export interface PickleList<Made> {
  /** Which of both. */
  readonly kind: "list" | "tuple";
  /** Its elements. */
  readonly items: PickleValue<Made>[];
}

/** A dictionary. */
export interface PickleDict<Made> {
  /** What it is. */
  readonly kind: "dict";
  /** Its entries, in the order in which they were set. */
  readonly entries: Map<PickleValue<Made>, PickleValue<Made>>;
}

/** An allowed name, not yet called. */
export interface PickleName {
  /** What it is. */
  readonly kind: "name";
  /** Module and name: `collections.OrderedDict`. */
  readonly name: string;
}

/** What the caller decides. */
export interface PickleOptions<Made> {
  /** The file: for errors. */
  readonly path: string;
  /** Whether a name may occur at all. */
  readonly allows: (name: string) => boolean;
  /** What an allowed name makes of its arguments. */
  readonly call: (name: string, args: readonly PickleValue<Made>[]) => PickleValue<Made>;
  /** What stands for an object that the file keeps outside the pickle. */
  readonly persistent: (id: PickleValue<Made>) => PickleValue<Made>;
}

/** The state of the stack machine. */
export interface PickleMachine<Made> extends PickleOptions<Made> {
  /** All bytes. */
  readonly bytes: Uint8Array;
  /** The same as numbers. */
  readonly view: DataView;
  /** The next byte. */
  at: number;
  /** Values that wait to be used. */
  readonly stack: PickleValue<Made>[];
  /** Where on the stack each open group begins. */
  readonly marks: number[];
  /** Values that are named again later. */
  readonly memo: Map<number, PickleValue<Made>>;
}

/** An error that names the file. */
export function pickleError(path: string, state: string): Error {
  return new Error(`Cannot read ${path}: its pickle ${state}`);
}

/** The next `length` bytes. */
export function take<Made>(machine: PickleMachine<Made>, length: number): Uint8Array {
  const { bytes, at, path } = machine;
  if (length > bytes.length - at) {
    throw pickleError(path, `ends at byte ${bytes.length}, in the middle of a value`);
  }
  machine.at += length;
  return bytes.subarray(at, at + length);
}

/** The value on top of the stack, which stays there. */
export function top<Made>({ stack, marks, path }: PickleMachine<Made>): PickleValue<Made> {
  const value = stack.length > (marks.at(-1) ?? 0) ? stack.at(-1) : undefined;
  if (value === undefined) throw pickleError(path, "takes a value where there is none");
  return value;
}

/** The value on top of the stack, taken off. */
export function pop<Made>(machine: PickleMachine<Made>): PickleValue<Made> {
  const value = top(machine);
  machine.stack.pop();
  return value;
}

/** The values of the innermost open group, taken off. */
export function popGroup<Made>({ stack, marks, path }: PickleMachine<Made>): PickleValue<Made>[] {
  const start = marks.pop();
  if (start === undefined) throw pickleError(path, "closes a group that was not opened");
  return stack.splice(start);
}

/** Whether a value is a list or tuple. */
export function isItems<Made>(value: PickleValue<Made>): value is PickleList<Made> {
  return isKind(value, "list") || isKind(value, "tuple");
}

/** Whether a value is a dictionary. */
export const isDict = <Made>(value: PickleValue<Made>): value is PickleDict<Made> =>
  isKind(value, "dict");

/** Whether a value is a name. */
export const isName = <Made>(value: PickleValue<Made>): value is PickleName =>
  isKind(value, "name");

function isKind(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** What a value is, in words: for errors. */
export function describe<Made>(value: PickleValue<Made>): string {
  if (value === null) return "None";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (typeof value !== "object") return `the ${typeof value} ${value}`;
  if (isName(value)) return `the name "${value.name}"`;
  if (isItems(value)) return `a ${value.kind}`;
  return isDict(value) ? "a dictionary" : "an object";
}

const STOP = 0x2e;
const MAX_OPEN = 100_000; // values on the stack; PyTorch's pickles have at most some thousand

/**
 * Reads one pickle of `bytes`, which may go on after it.
 *
 * @param bytes the bytes
 * @param options.start where the pickle begins
 * @returns its value, and where it ends
 * @throws {Error} A sentence that names the file: a name that is not allowed, an instruction that is not known, an early end.
 */
export function readPickle<Made>(
  bytes: Uint8Array,
  { start = 0, ...options }: PickleOptions<Made> & { start?: number },
): { value: PickleValue<Made>; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine: PickleMachine<Made> = {
    ...options,
    bytes,
    view,
    at: start,
    stack: [],
    marks: [],
    memo: new Map(),
  };
  for (;;) {
    const place = machine.at;
    const [code = 0] = take(machine, 1);
    if (code === STOP) break;
    const instruction = INSTRUCTIONS[code];
    if (instruction === undefined) {
      throw pickleError(
        options.path,
        `has the instruction 0x${
          code.toString(16).padStart(2, "0")
        } at byte ${place}, which no model file needs`,
      );
    }
    instruction(machine);
    if (machine.stack.length > MAX_OPEN) {
      throw pickleError(options.path, `has more than ${MAX_OPEN} values that nothing uses`);
    }
  }
  return { value: pop(machine), end: machine.at };
}
