/**
 * Reads pickles as data: lists, dictionaries, numbers, text, and the results of the few names that
 * the caller allows.
 */
import {
  pickleError,
  type PickleMachine,
  type PickleOptions,
  type PickleValue,
  pop,
  take,
} from "./pickle.ts";
import { INSTRUCTIONS } from "./pickle_instructions.ts";

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
