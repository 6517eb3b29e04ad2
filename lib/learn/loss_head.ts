/**
 * The head of a loss, computed for some answer tokens at a time.
 *
 * Its logits are [batch, answer, vocab], the largest array of a step if texts are short and answers
 * are long. Losses are sums over answer tokens divided by the whole batch's count, so the losses of
 * the stretches add up, and so do their gradients.
 */
import {
  type Device,
  elements,
  flatten,
  type HostArray,
  isArray,
  isFloatArray,
  isSpec,
  type Spec,
} from "../runtime/mod.ts";
import { axesOf } from "../tensor/mod.ts";
import { type Gpt2Parameters, rowsOf } from "../lm/mod.ts";
import type { Adder, Bring } from "./in_place.ts";
import type { HostResults, LossDefinition } from "./loss_definition.ts";
import {
  type Array32,
  type DeviceResults,
  mapRecord,
  readFloats,
  type TreeProgram,
} from "./records.ts";

/** The results of the head's program. */
export interface DeviceHead {
  /** The loss and other results. */
  readonly results: DeviceResults;
  /** The gradient of the hidden states. */
  readonly g: Array32;
  /** The gradients of the parameters that the loss reads, by dotted name. */
  readonly gradients: Readonly<Record<string, Array32>>;
}

/** The results of the head. */
export interface HeadResults {
  /** The loss and other results for the whole answers. */
  readonly results: HostResults;
  /** The gradient of the hidden states. */
  readonly g: Array32;
  /** The gradient of the token embedding, if the head reads it. */
  readonly sent: Array32 | undefined;
}

/** The inputs of the head's program. */
export interface HeadInputs {
  /** The parameters that it may read. */
  readonly head: unknown;
  /** The inputs of the loss. */
  readonly inputs: object;
  /** The hidden states before the last norm. */
  readonly x: unknown;
}

/**
 * Runs the head. The gradients of its parameters are stored in `own`, and `bring` stores those of
 * the first stretch.
 */
export type Head = (given: HeadInputs, own: unknown, bring: Bring) => Promise<HeadResults>;

/** Creates a head that computes at most `logitsAtOnce` rows of logits at once (0: all). */
export function headInParts<P extends Gpt2Parameters, I>(
  device: Device,
  program: TreeProgram<DeviceHead>,
  { definition, logitsAtOnce, adder }: {
    definition: LossDefinition<P, I>;
    logitsAtOnce: number;
    adder: Adder | undefined;
  },
): Head {
  const one = async (given: HeadInputs, own: unknown, bring: Bring): Promise<HeadResults> => {
    const { results, g, gradients } = await bring(
      own,
      (target) => program(given, { gradients: Object.fromEntries(flatten(target, isFloatArray)) }),
    );
    return { results: await readFloats(device, results), g, sent: gradients["wte.weight"] };
  };
  return async (given, own, bring) => {
    const [first, ...rest] = answerStretches(definition.inputs, given.inputs, logitsAtOnce);
    const total = await one({ ...given, inputs: first }, own, bring);
    const results = [total.results];
    const addTo = async (sum?: Array32, part?: Array32) => {
      if (sum === undefined || part === undefined) return;
      await adder?.add(sum, part);
      device.free(part);
    };
    for (const inputs of rest) {
      const part = await one({ ...given, inputs }, own, adder?.addInto ?? bring);
      results.push(part.results);
      await addTo(total.g, part.g);
      await addTo(total.sent, part.sent);
    }
    return { ...total, results: joined(results, total.g.dims[0]) };
  };
}

/**
 * Combines the results of the stretches. Losses are summed, and results of shape [batch, answer]
 * are concatenated.
 */
function joined(parts: readonly HostResults[], batch: number): HostResults {
  const whole = mapRecord(
    parts[0],
    (_, name) => sideBySide(parts.map((part) => part[name]), batch),
  );
  return { ...whole, loss: Float32Array.of(parts.reduce((sum, { loss }) => sum + loss[0], 0)) };
}

function sideBySide(parts: readonly Float32Array[], batch: number): Float32Array {
  const stretches = parts.map((part) => rowsOf(part, part.length / batch));
  return Float32Array.from(stretches[0].flatMap((_, row) => stretches.flatMap((own) => own[row])));
}

/** The axis to split. */
const AXIS = "answer";

/**
 * Splits the inputs into stretches of answer tokens, each with at most `rows` tokens (at least one
 * per sequence; 0: no split).
 *
 * @param specs the inputs' specs by name. Inputs without a spec or without an axis `answer` are the
 *   same in every stretch.
 */
function answerStretches<T extends object>(specs: object, inputs: T, rows: number): T[] {
  const cuts = Object.entries(inputs).flatMap(([name, array]): [string, HostArray, number][] => {
    const spec: unknown = Object.entries(specs).find(([known]) => known === name)?.[1];
    const axis = isSpec(spec) ? answerAxis(spec) : -1;
    return axis >= 0 && isHostArray(array) && elements(array.dims) > 0 ? [[name, array, axis]] : [];
  });
  if (rows === 0 || cuts.length === 0) return [inputs];
  const [[, { dims }, axis]] = cuts;
  const width = Math.max(1, Math.floor(rows / dims[0]));
  const starts = Array.from({ length: Math.ceil(dims[axis] / width) }, (_, index) => index * width);
  return starts.map((start) => ({
    ...inputs,
    ...Object.fromEntries(
      cuts.map(([name, array, axis]) => [name, cut(array, axis, { start, width })]),
    ),
  }));
}

const answerAxis = ({ shape }: Spec): number => axesOf(shape).indexOf(AXIS);

const isHostArray = (value: unknown): value is HostArray => isArray(value) && "data" in value;

/** Part of an array along one axis. */
function cut(
  { dims, data }: HostArray,
  axis: number,
  { start, width }: { start: number; width: number },
): HostArray {
  const outer = elements(dims.slice(0, axis)), inner = elements(dims.slice(axis + 1));
  const count = Math.min(width, dims[axis] - start);
  const part = data.slice(0, outer * count * inner);
  for (let row = 0; row < outer; row++) {
    const from = (row * dims[axis] + start) * inner;
    part.set(data.subarray(from, from + count * inner), row * count * inner);
  }
  return { dims: dims.with(axis, count), data: part };
}
