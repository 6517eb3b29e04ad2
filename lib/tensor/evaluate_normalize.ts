/**
 * Plain evaluation of normalisations along one axis: softmax, logSoftmax and layerNorm (Ba et al.
 * 2016, equation 4).
 */
import { positions, type Value } from "./evaluate_values.ts";
import { dropAxes, sizeOf } from "./shape.ts";

/** For each element, the number of its line along `axis`. */
const linesOf = (x: Value, axis: string): Int32Array =>
  positions(x.shape, dropAxes(x.shape, [axis]));

/** The sum of f(element, line) over each line along `axis`. */
function sumLines(
  x: Value,
  axis: string,
  f: (element: number, line: number) => number,
): Float64Array {
  const sums = new Float64Array(sizeOf(dropAxes(x.shape, [axis])));
  linesOf(x, axis).forEach((line, index) => sums[line] += f(x.data[index], line));
  return sums;
}

function mapLines(
  x: Value,
  axis: string,
  f: (element: number, line: number) => number,
): Float64Array {
  const line = linesOf(x, axis);
  return Float64Array.from(x.data, (element, index) => f(element, line[index]));
}

/**
 * x - log(sum(e^x)). The largest element of each line is subtracted first, so that e^x cannot
 * overflow.
 */
export function logSoftmax(x: Value, axis: string): Float64Array {
  const top = new Float64Array(sizeOf(dropAxes(x.shape, [axis]))).fill(-Infinity);
  linesOf(x, axis).forEach((line, index) => top[line] = Math.max(top[line], x.data[index]));
  const total = sumLines(x, axis, (element, line) => Math.exp(element - top[line]));
  return mapLines(x, axis, (element, line) => element - top[line] - Math.log(total[line]));
}

/** e^x / sum(e^x) */
export const softmax = (x: Value, axis: string): Float64Array => logSoftmax(x, axis).map(Math.exp);

interface Over {
  readonly axis: string;
  readonly epsilon: number;
}

/** mean and 1 / sqrt(variance + epsilon) of each line along `axis`. */
export function layerNormStatistics(x: Value, { axis, epsilon }: Over) {
  const size = x.shape[axis];
  const means = sumLines(x, axis, (element) => element / size);
  const variances = sumLines(x, axis, (element, line) => (element - means[line]) ** 2 / size);
  return {
    means,
    inverseDeviations: variances.map((variance) => 1 / Math.sqrt(variance + epsilon)),
  };
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias along the last axis. */
export function layerNorm(
  x: Value,
  { scale, bias, axis, epsilon }: Over & { scale: Value; bias: Value },
): Float64Array {
  const { means, inverseDeviations } = layerNormStatistics(x, { axis, epsilon });
  const normal = mapLines(
    x,
    axis,
    (element, line) => (element - means[line]) * inverseDeviations[line],
  );
  return normal.map((element, index) =>
    element * scale.data[index % x.shape[axis]] + bias.data[index % x.shape[axis]]
  );
}
