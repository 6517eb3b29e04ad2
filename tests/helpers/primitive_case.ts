/** One way to use a primitive: inputs, the result and what is to be expected of its gradient. */
import type { AnyTensor, HostArray } from "../../lib/tensor/mod.ts";
import { checkGrads } from "./check_grads.ts";
import { feedsOf, type Inputs, inputsOf, type Samples } from "./samples.ts";

/**
 * - `slope`: the gradient is the slope, checked with finite differences;
 * - `none`: no gradient passes through to any input;
 * - `refused`: differentiating it is an error.
 */
export type Gradient = "slope" | "none" | "refused";

/** A case with the types of its inputs forgotten. */
export interface PrimitiveCase {
  readonly title: string;
  readonly gradient: Gradient;
  /** The graph, its input tensors by name, and arrays to feed; the axes named in `open` are of unknown size. */
  graph(open?: readonly string[]): {
    readonly result: AnyTensor;
    readonly inputs: Readonly<Record<string, AnyTensor>>;
    readonly feeds: Readonly<Record<string, HostArray>>;
  };
  /** Axes that may be of unknown size. */
  readonly open: readonly string[];
  /** Finite differences against gradients. */
  checkGrads(open: readonly string[]): void;
}

/** A case of one primitive; `build` must use it. */
export function useOf<const I extends Samples>(
  title: string,
  samples: I,
  build: (inputs: Inputs<I>) => AnyTensor,
  { gradient = "slope", open = [] }: { gradient?: Gradient; open?: readonly string[] } = {},
): PrimitiveCase {
  return {
    title,
    gradient,
    open,
    graph(axes = []) {
      const inputs = inputsOf(samples, axes);
      return { inputs, result: build(inputs), feeds: feedsOf(samples) };
    },
    checkGrads: (axes) => checkGrads(build, samples, { open: axes }),
  };
}
