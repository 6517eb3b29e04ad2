/**
 * Reads pickles as data: lists, dictionaries, numbers, text, and the results of the few names that
 * the caller allows. The instructions that PyTorch's files use are one function each, and all
 * others are refused.
 */
import { cannotRead } from "./cannot_read.ts";
import { type Text } from "../text/mod.ts";
import { describe, isKind, pickleError, type PickleOptions, type PickleValue } from "./pickle.ts";

/** The state of the stack machine. */
interface PickleMachine extends PickleOptions {
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

/** Takes the next `length` bytes. */
function take(machine: PickleMachine, length: number): Uint8Array {
  const { bytes, at, path } = machine;
  if (length > bytes.length - at) {
    throw pickleError(path, `ends at byte ${bytes.length}, in the middle of a value`);
  }
  machine.at += length;
  return bytes.subarray(at, at + length);
}

/** Returns the value on top of the stack and leaves it there. */
function top({ stack, marks, path }: PickleMachine): PickleValue {
  const value = stack.length > (marks.at(-1) ?? 0) ? stack.at(-1) : undefined;
  if (value === undefined) throw pickleError(path, "takes a value where there is none");
  return value;
}

/** Takes the value on top of the stack. */
function pop(machine: PickleMachine): PickleValue {
  const value = top(machine);
  machine.stack.pop();
  return value;
}

/** Takes the values of the innermost open group. */
function popGroup({ stack, marks, path }: PickleMachine): PickleValue[] {
  const start = marks.pop();
  if (start === undefined) throw pickleError(path, "closes a group that was not opened");
  return stack.splice(start);
}

/** Takes the next `length` bytes and returns their position. */
const numberAt = (machine: PickleMachine, length: number): number =>
  take(machine, length).byteOffset - machine.bytes.byteOffset;

const byte = (machine: PickleMachine): number => take(machine, 1)[0];
const uint32 = (machine: PickleMachine): number =>
  machine.view.getUint32(numberAt(machine, 4), true);

function text(machine: PickleMachine, length: number): string {
  const bytes = take(machine, length);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw pickleError(machine.path, "has text that is not UTF-8");
  }
}

function line(machine: PickleMachine): string {
  const end = machine.bytes.indexOf(0x0a, machine.at);
  if (end < 0) throw pickleError(machine.path, "ends in the middle of a name");
  const name = text(machine, end - machine.at);
  take(machine, 1);
  return name;
}

/**
 * A whole number of `length` bytes, little-endian, two's complement; a plain number where that is
 * exact.
 */
function long(machine: PickleMachine, length: number): number | bigint {
  const digits = take(machine, length).toReversed().toHex();
  const value = BigInt.asIntN(8 * length, BigInt(`0x0${digits}`));
  const exact = Number(value);
  return Number.isSafeInteger(exact) ? exact : value;
}

/** A name in a pickle that no model's weights need. */
const foreignName = (name: string): Text => ({
  en: `its pickle names "${name}", which is no part of a model's weights; ` +
    "nothing of it was executed. " +
    "Save the weights alone in Python: torch.save(model.state_dict(), path)",
  zh: `其中的 pickle 提到“${name}”，它不属于模型权重；没有执行其中的任何内容。` +
    "请在 Python 中只保存权重：torch.save(model.state_dict(), path)",
});

function pushName({ allows, path, stack }: PickleMachine, module: string, name: string): void {
  const full = `${module}.${name}`;
  if (!allows(full)) {
    throw new Error(cannotRead(path, foreignName(full.slice(0, 100))));
  }
  stack.push({ kind: "name", name: full });
}

function pushTuple(machine: PickleMachine, length: number): void {
  const items = Array.from({ length }, () => pop(machine)).reverse();
  machine.stack.push({ kind: "tuple", items });
}

function recall({ memo, stack, path }: PickleMachine, place: number): void {
  const value = memo.get(place);
  if (value === undefined) {
    throw pickleError(path, `goes back to value ${place}, which was not kept`);
  }
  stack.push(value);
}

function append(machine: PickleMachine, values: readonly PickleValue[]): void {
  const list = top(machine);
  if (!isKind(list, "list", "tuple") || list.kind === "tuple") {
    throw pickleError(machine.path, `appends to ${describe(list)}, and a list is expected`);
  }
  for (const value of values) list.items.push(value);
}

function setItems(machine: PickleMachine, values: readonly PickleValue[]): void {
  const { path } = machine;
  const dict = top(machine);
  if (!isKind(dict, "dict")) {
    throw pickleError(path, `sets items of ${describe(dict)}, and a dictionary is expected`);
  }
  if (values.length % 2 !== 0) throw pickleError(path, "has a key without a value");
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i];
    if (typeof key === "object") throw pickleError(path, `has ${describe(key)} as a key`);
    if (dict.entries.has(key)) {
      throw pickleError(path, `has the key ${JSON.stringify(String(key))} twice`);
    }
    dict.entries.set(key, values[i + 1]);
  }
}

function reduce(machine: PickleMachine): void {
  const args = pop(machine);
  const called = pop(machine);
  if (!isKind(called, "name") || !isKind(args, "list", "tuple")) {
    throw pickleError(machine.path, `calls ${describe(called)} with ${describe(args)}`);
  }
  machine.stack.push(machine.call(called.name, args.items));
}

/**
 * Drops an ordered dictionary's attributes (`_metadata`: versions of modules), which do not
 * concern weights.
 */
function build(machine: PickleMachine): void {
  const state = pop(machine);
  const target = top(machine);
  if (!isKind(target, "dict") || !isKind(state, "dict")) {
    const found = `sets the state of ${describe(target)}`;
    throw pickleError(machine.path, `${found}, and only that of a dictionary is known`);
  }
}

function protocol(machine: PickleMachine): void {
  const version = byte(machine);
  if (version > 5) throw pickleError(machine.path, `has protocol ${version}, and 2 to 5 are known`);
}

function pushGlobal(machine: PickleMachine): void {
  const module = line(machine);
  pushName(machine, module, line(machine));
}

function pushStackGlobal(machine: PickleMachine): void {
  const name = pop(machine);
  const module = pop(machine);
  if (typeof name !== "string" || typeof module !== "string") {
    const found = `names ${describe(name)} of ${describe(module)}`;
    throw pickleError(machine.path, `${found}, and text is expected`);
  }
  pushName(machine, module, name);
}

/** The instructions by code; the comment is the name in `pickletools`. */
const INSTRUCTIONS: { readonly [code: number]: (machine: PickleMachine) => void } = {
  0x80: protocol, // PROTO
  0x95: (m) => take(m, 8), // FRAME: a hint for streaming readers
  0x28: (m) => m.marks.push(m.stack.length), // MARK
  0x4e: (m) => m.stack.push(null), // NONE
  0x88: (m) => m.stack.push(true), // NEWTRUE
  0x89: (m) => m.stack.push(false), // NEWFALSE
  0x4b: (m) => m.stack.push(byte(m)), // BININT1
  0x4d: (m) => m.stack.push(m.view.getUint16(numberAt(m, 2), true)), // BININT2
  0x4a: (m) => m.stack.push(m.view.getInt32(numberAt(m, 4), true)), // BININT
  0x8a: (m) => m.stack.push(long(m, byte(m))), // LONG1
  0x47: (m) => m.stack.push(m.view.getFloat64(numberAt(m, 8))), // BINFLOAT, big-endian
  0x58: (m) => m.stack.push(text(m, uint32(m))), // BINUNICODE
  0x8c: (m) => m.stack.push(text(m, byte(m))), // SHORT_BINUNICODE
  0x54: (m) => m.stack.push(text(m, uint32(m))), // BINSTRING, Python 2's text
  0x55: (m) => m.stack.push(text(m, byte(m))), // SHORT_BINSTRING
  0x5d: (m) => m.stack.push({ kind: "list", items: [] }), // EMPTY_LIST
  0x7d: (m) => m.stack.push({ kind: "dict", entries: new Map() }), // EMPTY_DICT
  0x29: (m) => pushTuple(m, 0), // EMPTY_TUPLE
  0x85: (m) => pushTuple(m, 1), // TUPLE1
  0x86: (m) => pushTuple(m, 2), // TUPLE2
  0x87: (m) => pushTuple(m, 3), // TUPLE3
  0x74: (m) => m.stack.push({ kind: "tuple", items: popGroup(m) }), // TUPLE
  0x61: (m) => append(m, [pop(m)]), // APPEND
  0x65: (m) => append(m, popGroup(m)), // APPENDS
  0x73: (m) => setItems(m, [pop(m), pop(m)].reverse()), // SETITEM
  0x75: (m) => setItems(m, popGroup(m)), // SETITEMS
  0x71: (m) => m.memo.set(byte(m), top(m)), // BINPUT
  0x72: (m) => m.memo.set(uint32(m), top(m)), // LONG_BINPUT
  0x94: (m) => m.memo.set(m.memo.size, top(m)), // MEMOIZE
  0x68: (m) => recall(m, byte(m)), // BINGET
  0x6a: (m) => recall(m, uint32(m)), // LONG_BINGET
  0x63: pushGlobal, // GLOBAL
  0x93: pushStackGlobal, // STACK_GLOBAL
  0x52: reduce, // REDUCE
  0x62: build, // BUILD
  0x51: (m) => m.stack.push(m.persistent(pop(m))), // BINPERSID
};

const STOP = 0x2e;
const MAX_OPEN = 100_000; // values on the stack; PyTorch's pickles have at most some thousand

/**
 * Reads the pickles in `bytes`, one after the other. `next` reads a pickle, and `end` is the
 * position after it.
 *
 * @throws {Error} (from `next`) if a name is not allowed, an instruction is not known, or the
 *   pickle ends early. The message names the file.
 */
export function pickleReader(bytes: Uint8Array, options: PickleOptions) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return {
    next(): PickleValue {
      const state = { stack: [], marks: [], memo: new Map() };
      const machine: PickleMachine = { ...options, bytes, view, at, ...state };
      while (step(machine));
      at = machine.at;
      return pop(machine);
    },
    end: (): number => at,
  };
}

/** Executes one instruction and returns whether the pickle goes on. */
function step(machine: PickleMachine): boolean {
  const { at, path, stack } = machine;
  const [code] = take(machine, 1);
  if (code === STOP) return false;
  const instruction = INSTRUCTIONS[code];
  if (instruction === undefined) {
    const name = `0x${code.toString(16).padStart(2, "0")}`;
    throw pickleError(path, `has the instruction ${name} at byte ${at}, which no model file needs`);
  }
  instruction(machine);
  if (stack.length > MAX_OPEN) {
    throw pickleError(path, `has more than ${MAX_OPEN} values that nothing uses`);
  }
  return true;
}
