/**
 * The weights of linear layers transposed to [out, in], for generation on the CPU.
 *
 * Hugging Face's GPT-2 stores them as [in, out]. A product of few rows with such a weight makes
 * ONNX Runtime reorder the whole weight at every step. A transposed weight is read as it is, in
 * half the time for 16 rows. The token embedding is stored that way already. Transposed copies
 * take as much memory as the layers themselves, and a fraction of a second at each call.
 */
import {
  type Device,
  flatten,
  float,
  isFloatArray,
  isSpec,
  jit,
  type JoinedArrays,
  joinedZeros,
  mapTree,
  type Spec,
  type Specs,
} from "../runtime/mod.ts";
import { axesOf, type Shape, transpose } from "../tensor/mod.ts";
import { type Gpt2Arrays, type Gpt2Config, type Gpt2Parameters, gpt2Spec } from "../lm/mod.ts";

/** Whether a parameter is the weight of one of a block's four linear layers. */
const isLinear = (name: string): boolean => /^h\.\d+\.(attn|mlp)\.c_\w+\.weight$/.test(name);

const reversed = (shape: Shape): Shape => Object.fromEntries(Object.entries(shape).toReversed());

/** Specs of a model's parameters with transposed linear weights. */
export function transposedSpec(config: Gpt2Config): Specs<Gpt2Parameters> {
  const spec = mapTree(
    gpt2Spec(config),
    isSpec,
    (leaf, name) => isLinear(name) ? float(reversed(leaf.shape)) : leaf,
  );
  return spec as Specs<Gpt2Parameters>; // the type names the axes and does not order them
}

/**
 * Compiles a program that transposes the linear weights of models of one shape, into memory that
 * its owner keeps.
 */
export async function createTransposer(device: Device, config: Gpt2Config) {
  const specs = [...flatten(gpt2Spec(config), isSpec)].filter(([name]) => isLinear(name));
  const spec: { weights: Spec<Shape, "float32">[] } = {
    weights: specs.map(([, { shape }]) => float(shape)),
  };
  const program = await jit(device, spec, ({ weights }) => ({
    transposed: weights.map((weight) => transpose(weight, axesOf(weight.shape).toReversed())),
  }));
  let joined: JoinedArrays | undefined;
  const rest = (): void => {
    joined?.free();
    joined = undefined;
  };
  return {
    /** Frees the transposed weights; the next call of `transpose` allocates them again. */
    rest,
    /**
     * Returns the parameters with transposed linear weights, valid until the next call; all others
     * are shared.
     */
    async transpose(parameters: Gpt2Arrays): Promise<Gpt2Arrays> {
      const arrays = flatten(parameters, isFloatArray);
      const weights = [...arrays].flatMap(([name, array]) => isLinear(name) ? [array] : []);
      joined ??= await joinedZeros(
        device,
        specs.map(([, { shape }]) => Object.values(reversed(shape))),
      );
      const { arrays: transposed } = joined;
      await program({ weights }, { transposed });
      const replaced = new Map(specs.map(([name], index) => [name, transposed[index]]));
      const tree = mapTree(parameters, isFloatArray, (array, name) => replaced.get(name) ?? array);
      return tree as Gpt2Arrays; // leaf by leaf
    },
    /** Frees the program and the transposed weights. */
    async release(): Promise<void> {
      await program.release();
      rest();
    },
  };
}

/**
 * Transposes the linear weights of a model that no longer changes, once and for all calls of a
 * generator on the CPU.
 *
 * Only `createGenerator` takes the result. On a GPU, the parameters are returned unchanged.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { transposeParameters } from "ppo/decode/mod.ts";
 * import { gpt2Spec, initialWeights, uploadParameters } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 8, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const device = await openDevice("cpu");
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * deepEqual(parameters.h[0].mlp.c_fc.weight.dims, [4, 16]); // [embed, inner]
 * const transposed = await transposeParameters(device, config, parameters);
 * deepEqual(transposed.h[0].mlp.c_fc.weight.dims, [16, 4]);
 * ```
 */
export async function transposeParameters(
  device: Device,
  config: Gpt2Config,
  parameters: Gpt2Arrays,
): Promise<Gpt2Arrays> {
  if (device.kind !== "cpu") return parameters;
  const transposer = await createTransposer(device, config);
  return await transposer.transpose(parameters); // the caller owns the memory from here on
}

/** Whether parameters come from `transposeParameters`. */
export const areTransposed = ({ h: [block] }: Gpt2Arrays, { embed }: Gpt2Config): boolean =>
  block.attn.c_attn.weight.dims[0] !== embed;
