/**
 * The weights of linear layers turned around, [out, in]: for generation on the CPU.
 *
 * Hugging Face's GPT-2 stores them [in, out]. A product of few rows with such a weight makes ONNX Runtime copy the whole weight into
 * another order, at every step; one that lies [out, in] is read as it is, in half the time for 16 rows. The token embedding lies
 * so already. The turned copies cost the size of the layers once more, and a fraction of a second at each call.
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
import { axesOf, type Shape, type Tensor, transpose } from "../tensor/mod.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import { type Gpt2Parameters, gpt2Spec } from "../lm/mod.ts";
import type { Gpt2Arrays } from "../lm/mod.ts";

/** The weights of a block's four linear layers. */
const isLinear = (name: string): boolean => /^h\.\d+\.(attn|mlp)\.c_\w+\.weight$/.test(name);

const turnedShape = (shape: Shape): Shape => Object.fromEntries(Object.entries(shape).toReversed());

/** What a model's parameters are with its layers' weights turned: the same axes, in the other order. */
export function turnedSpec(config: Gpt2Config): Specs<Gpt2Parameters> {
  const turned = mapTree(
    gpt2Spec(config),
    isSpec,
    (spec, name) => isLinear(name) ? float(turnedShape(spec.shape)) : spec,
  );
  return turned as Specs<Gpt2Parameters>; // axes are told by name, not by order
}

/** Turns weights; the result is valid until the next call. */
export interface Turner {
  /** The parameters with their layers' weights turned; all else is shared. */
  turn(parameters: Gpt2Arrays): Promise<Gpt2Arrays>;
  /** Frees the memory of the turned weights; the next turn takes it again. */
  rest(): void;
  /** Frees the program and the memory of the turned weights. */
  release(): Promise<void>;
}

/** Compiles a turner for models of one shape; the memory is taken at its first use. */
export async function createTurner(device: Device, config: Gpt2Config): Promise<Turner> {
  const linear = [...flatten(gpt2Spec(config), isSpec)].filter(([name]) => isLinear(name));
  const spec: Record<string, Spec<Shape, "float32">> = Object.fromEntries(
    linear.map(([name, { shape }]) => [key(name), float(shape)]),
  );
  const program = await jit(
    device,
    spec,
    (weights: Record<string, Tensor>) =>
      Object.fromEntries(
        Object.entries(weights).map((
          [name, weight],
        ) => [name, transpose(weight, axesOf(weight.shape).toReversed())]),
      ),
  );
  let joined: JoinedArrays | undefined;
  const rest = (): void => {
    joined?.free();
    joined = undefined;
  };
  return {
    rest,
    async turn(parameters) {
      const feeds = Object.fromEntries(
        [...flatten(parameters, isFloatArray)].filter(([name]) => isLinear(name)).map((
          [name, array],
        ) => [key(name), array]),
      );
      joined ??= await joinedZeros(
        device,
        linear.map(([, { shape }]) => Object.values(turnedShape(shape))),
      );
      const { arrays } = joined;
      const turned = Object.fromEntries(linear.map(([name], index) => [key(name), arrays[index]]));
      await program(feeds, turned);
      return mapTree(
        parameters,
        isFloatArray,
        (array, name) => turned[key(name)] ?? array,
      ) as Gpt2Arrays; // leaf by leaf
    },
    async release() {
      await program.release();
      rest();
    },
  };
}

/**
 * The parameters of a model that will not change any more, as a generator on the CPU reads them fastest: layers' weights turned.
 *
 * Only `createGenerator` takes them; where the given ones are used no more, no memory is lost. On a GPU they stay as they are.
 */
export async function turnParameters(
  device: Device,
  config: Gpt2Config,
  parameters: Gpt2Arrays,
): Promise<Gpt2Arrays> {
  if (device.kind !== "cpu") return parameters;
  const turner = await createTurner(device, config);
  return await turner.turn(parameters); // whose memory is the caller's now
}

/** Whether parameters come from `turnParameters`. */
export const areTurned = ({ h: [block] }: Gpt2Arrays, { embed }: Gpt2Config): boolean =>
  block.attn.c_attn.weight.dims[0] !== embed;

/** A dotted name as one name of a flat record. */
const key = (name: string): string => name.replaceAll(".", " ");
