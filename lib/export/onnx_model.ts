/**
 * GPT-2 as an ONNX model for other programs. Inputs are `input_ids` and `attention_mask` (int64,
 * [batch, time]). The output is `logits` ([batch, time, vocab]), or `values` ([batch, time]) for a
 * reward model.
 *
 * Padding may be on either side: positions count real tokens only, and padding is masked out of
 * attention.
 */
import { type ModelFile, modelFile } from "../onnx/mod.ts";
import { isSpec, mapTree, type Tensors } from "../runtime/mod.ts";
import { add, cast, cumsum, input, max, mul, rename, sub, UNKNOWN } from "../tensor/mod.ts";
import {
  gpt2,
  type Gpt2Config,
  gpt2Spec,
  HIDDEN_SLOT,
  languageHead,
  type Rows,
  valueHead,
  valueModelSpec,
} from "../lm/mod.ts";

/** The inputs of the model's blocks, from ids and a mask with 1 for a token and 0 for padding. */
function maskedRows(): Rows {
  const shape = { batch: UNKNOWN, time: UNKNOWN };
  const inputIds = input("inputIds", shape, "int32");
  const mask = cast(input("attentionMask", shape, "int32"), "float32");
  const columns = sub(cumsum(add(mul(mask, 0), 1), "time"), 1);
  const positions = max(sub(cumsum(mask, "time"), 1), 0); // real tokens before this one
  const keySlots = add(mul(columns, mask), mul(sub(1, mask), HIDDEN_SLOT));
  return {
    inputIds,
    positionIds: cast(positions, "int32"),
    slots: cast(columns, "int32"),
    keySlots: rename(cast(keySlots, "int32"), { time: "keyTime" }),
  };
}

/**
 * The bytes of the ONNX model, and the place of each weight in its external file.
 *
 * @param options.valueHead whether it is a reward model, with a value per token instead of logits
 * @param options.weightsFile name of the external file with the weights
 */
export function onnxModel(
  config: Gpt2Config,
  { valueHead: hasValueHead, weightsFile }: { valueHead: boolean; weightsFile: string },
): ModelFile {
  const rows = maskedRows();
  const given = { inputIds: "input_ids", attentionMask: "attention_mask" };
  const options = { weightsFile, given };
  if (hasValueHead) {
    const parameters = traced(valueModelSpec(config));
    return modelFile({ values: valueHead(gpt2(parameters, rows, config), parameters) }, options);
  }
  const parameters = traced(gpt2Spec(config));
  return modelFile({ logits: languageHead(gpt2(parameters, rows, config), parameters) }, options);
}

/** A tree of specs as graph inputs with dotted names. */
const traced = <T>(spec: T): Tensors<T> =>
  // the same tree, leaf by leaf
  mapTree(spec, isSpec, ({ shape, dtype }, path) => input(path, shape, dtype));
