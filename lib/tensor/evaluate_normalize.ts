/**
 * Plain evaluation of normalisations along one axis: softmax, logSoftmax and layerNorm (Ba et al.
 * 2016, equation 4).
 */
import { largest, mapElements, sum, type Value } from "./evaluate_values.ts";
import type { Attributes } from "./primitives.ts";
import { dropAxes, type Typed } from "./shape.ts";

/** One number for each line of x along `axis`. */
const perLine = ({ shape, dtype }: Value, axis: string): Typed => ({
  shape: dropAxes(shape, [axis]),
  dtype,
});

/**
 * z - log(sum(e^z)) with z = x - largest(x), so that e^z cannot overflow.
 */
export function logSoftmax(x: Value, axis: string): Value {
  const line = perLine(x, axis);
  const z = mapElements(x, [x, largest(line, x)], (x, largest) => x - largest);
  const total = sum(line, mapElements(x, [z], Math.exp));
  return mapElements(x, [z, total], (z, total) => z - Math.log(total));
}

/** e^x / sum(e^x) */
export const softmax = (x: Value, axis: string): Value =>
  mapElements(x, [logSoftmax(x, axis)], Math.exp);

/** mean and 1 / sqrt(variance + epsilon) of each line along `axis`. */
export function layerNormStatistics(x: Value, { axis, epsilon }: Attributes["layerNorm"]) {
  const line = perLine(x, axis), size = x.shape[axis];
  const mean = sum(line, mapElements(x, [x], (x) => x / size));
  const variance = sum(line, mapElements(x, [x, mean], (x, mean) => (x - mean) ** 2 / size));
  const inverseDeviation = mapElements(line, [variance], (v) => 1 / Math.sqrt(v + epsilon));
  return { mean, inverseDeviation };
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias along `axis`. */
export function layerNorm(
  [x, scale, bias]: readonly Value[],
  over: Attributes["layerNorm"],
): Value {
  const { mean, inverseDeviation } = layerNormStatistics(x, over);
  return mapElements(
    x,
    [x, mean, inverseDeviation, scale, bias],
    (x, mean, inverse, scale, bias) => (x - mean) * inverse * scale + bias,
  );
}
