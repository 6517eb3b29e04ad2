/**
 * The pickle instructions that PyTorch's files use, one function each. What is not here is refused.
 */
import {
  describe,
  isDict,
  isItems,
  isName,
  type PickleDict,
  pickleError,
  type PickleMachine,
  type PickleValue,
  pop,
  popGroup,
  take,
  top,
} from "./pickle.ts";

type Instruction = <Made>(machine: PickleMachine<Made>) => void;

/** Where the next `length` bytes begin; they are taken. */
function numberAt<Made>(machine: PickleMachine<Made>, length: number): number {
  const { at } = machine;
  take(machine, length);
  return at;
}

const byte = <Made>(machine: PickleMachine<Made>): number =>
  machine.view.getUint8(numberAt(machine, 1));
const uint16 = <Made>(machine: PickleMachine<Made>): number =>
  machine.view.getUint16(numberAt(machine, 2), true);
const uint32 = <Made>(machine: PickleMachine<Made>): number =>
  machine.view.getUint32(numberAt(machine, 4), true);

function text<Made>(machine: PickleMachine<Made>, length: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(take(machine, length));
  } catch (cause) {
    if (cause instanceof TypeError) throw pickleError(machine.path, "has text that is not UTF-8");
    throw cause;
  }
}

function line<Made>(machine: PickleMachine<Made>): string {
  const end = machine.bytes.indexOf(0x0a, machine.at);
  if (end < 0) throw pickleError(machine.path, "ends in the middle of a name");
  const name = text(machine, end - machine.at);
  take(machine, 1);
  return name;
}

/** A whole number of `length` bytes, little-endian, two's complement; a plain number where it is exact. */
function long<Made>(machine: PickleMachine<Made>, length: number): number | bigint {
  const digits = [...take(machine, length)].reverse().map((value) =>
    value.toString(16).padStart(2, "0")
  );
  const value = BigInt.asIntN(8 * length, BigInt(`0x0${digits.join("")}`));
  const exact = Number(value);
  return Number.isSafeInteger(exact) ? exact : value;
}

function pushName<Made>(machine: PickleMachine<Made>, module: string, name: string): void {
  const full = `${module}.${name}`;
  if (!machine.allows(full)) {
    const state = `names "${
      full.slice(0, 100)
    }", which is no part of a model's weights; nothing of it was executed`;
    throw pickleError(machine.path, state);
  }
  machine.stack.push({ kind: "name", name: full });
}

function pushTuple<Made>(machine: PickleMachine<Made>, length: number): void {
  const items: PickleValue<Made>[] = [];
  for (let i = 0; i < length; i++) items.unshift(pop(machine));
  machine.stack.push({ kind: "tuple", items });
}

function recall<Made>({ memo, stack, path }: PickleMachine<Made>, place: number): void {
  const value = memo.get(place);
  if (value === undefined) {
    throw pickleError(path, `goes back to value ${place}, which was not kept`);
  }
  stack.push(value);
}

function append<Made>(machine: PickleMachine<Made>, values: readonly PickleValue<Made>[]): void {
  const list = top(machine);
  if (!isItems(list) || list.kind !== "list") {
    throw pickleError(machine.path, `appends to ${describe(list)}, and a list is expected`);
  }
  for (const value of values) list.items.push(value);
}

function setItems<Made>(machine: PickleMachine<Made>, values: readonly PickleValue<Made>[]): void {
  const { entries } = dictOnTop(machine);
  if (values.length % 2 !== 0) throw pickleError(machine.path, "has a key without a value");
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i] ?? null;
    if (typeof key === "object") throw pickleError(machine.path, `has ${describe(key)} as a key`);
    if (entries.has(key)) {
      throw pickleError(machine.path, `has the key ${JSON.stringify(String(key))} twice`);
    }
    entries.set(key, values[i + 1] ?? null);
  }
}

function dictOnTop<Made>(machine: PickleMachine<Made>): PickleDict<Made> {
  const dict = top(machine);
  if (isDict(dict)) return dict;
  throw pickleError(machine.path, `sets items of ${describe(dict)}, and a dictionary is expected`);
}

function reduce<Made>(machine: PickleMachine<Made>): void {
  const args = pop(machine);
  const called = pop(machine);
  if (!isName(called) || !isItems(args)) {
    throw pickleError(machine.path, `calls ${describe(called)} with ${describe(args)}`);
  }
  machine.stack.push(machine.call(called.name, args.items));
}

/** An ordered dictionary's attributes (`_metadata`: versions of modules) say nothing about weights. */
function build<Made>(machine: PickleMachine<Made>): void {
  const state = pop(machine);
  const target = top(machine);
  if (!isDict(target) || !isDict(state)) {
    throw pickleError(
      machine.path,
      `sets the state of ${describe(target)}, and only that of a dictionary is known`,
    );
  }
}

function protocol<Made>(machine: PickleMachine<Made>): void {
  const version = byte(machine);
  if (version > 5) throw pickleError(machine.path, `has protocol ${version}, and 2 to 5 are known`);
}

function pushGlobal<Made>(machine: PickleMachine<Made>): void {
  const module = line(machine);
  pushName(machine, module, line(machine));
}

function pushStackGlobal<Made>(machine: PickleMachine<Made>): void {
  const name = pop(machine);
  const module = pop(machine);
  if (typeof name !== "string" || typeof module !== "string") {
    throw pickleError(
      machine.path,
      `names ${describe(name)} of ${describe(module)}, and text is expected`,
    );
  }
  pushName(machine, module, name);
}

/** By code; the comment is the name in `pickletools`. */
export const INSTRUCTIONS: { readonly [code: number]: Instruction } = {
  0x80: protocol, // PROTO
  0x95: (m) => take(m, 8), // FRAME: a hint for readers of streams
  0x28: (m) => m.marks.push(m.stack.length), // MARK
  0x4e: (m) => m.stack.push(null), // NONE
  0x88: (m) => m.stack.push(true), // NEWTRUE
  0x89: (m) => m.stack.push(false), // NEWFALSE
  0x4b: (m) => m.stack.push(byte(m)), // BININT1
  0x4d: (m) => m.stack.push(uint16(m)), // BININT2
  0x4a: (m) => m.stack.push(m.view.getInt32(numberAt(m, 4), true)), // BININT
  0x8a: (m) => m.stack.push(long(m, byte(m))), // LONG1
  0x47: (m) => m.stack.push(m.view.getFloat64(numberAt(m, 8))), // BINFLOAT, the one big-endian number
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
