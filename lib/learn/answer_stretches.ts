/** Splits the inputs of a loss along the axis of answer tokens. */
import { axesOf } from "../tensor/mod.ts";
import { elements, type HostArray, isArray, isSpec, type Spec } from "../runtime/mod.ts";

/** The axis to split. */
const AXIS = "answer";

/**
 * Splits the inputs into stretches of answer tokens, each with at most `rows` tokens (at least one
 * per sequence; 0: no split).
 *
 * @param specs the inputs' specs by name. Inputs without a spec or without an axis `answer` are the
 *   same in every stretch.
 */
export function answerStretches<T extends object>(specs: object, inputs: T, rows: number): T[] {
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
