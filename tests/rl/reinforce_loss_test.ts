import { grad } from "ppo/autodiff/mod.ts";
import { policyLoss, reinforceLoss } from "ppo/rl/mod.ts";
import { constant, evaluate, input, logSoftmax, scalar, take } from "ppo/tensor/mod.ts";
import { array, assertClose } from "../helpers/close.ts";

const axes = { batch: 2, time: 3 };
const logProbs = input("logProbs", axes);
const loss = reinforceLoss({
  logProbs,
  returns: input("returns", axes),
  mask: input("mask", axes),
  count: scalar(2),
});
const feeds = {
  logProbs: array([[-1, -2, -3], [-0.5, -4, 0]]),
  returns: array([[3, 2, 1], [-2, -2, 5]]),
  mask: array([[1, 1, 1], [1, 1, 0]]), // the second answer has two tokens
};

Deno.test("the loss is minus the returns times the log-probabilities, over the answers", () => {
  const [{ data }] = evaluate([loss], feeds);
  // -((-1 3) + (-2 2) + (-3 1) + (-0.5 -2) + (-4 -2)) / 2 = -(-10 + 9) / 2
  assertClose(data[0], 0.5);
});

Deno.test("its gradient by log pi is -G_t / count, and 0 at padding", () => {
  const [{ data }] = evaluate(grad(loss, [logProbs]), feeds);
  assertClose(data, [[-3, -2, -1], [2, 2, 0]].flat().map((gradient) => gradient / 2));
});

Deno.test("by the logits it is (pi - onehot) times the return", () => {
  const logits = input("logits", { time: 1, vocab: 3 });
  const one = { time: 1 } as const;
  const loss = reinforceLoss({
    logProbs: take(logSoftmax(logits, "vocab"), constant([2], one, "int32"), "vocab"),
    returns: constant([4], one),
    mask: constant([1], one),
    count: scalar(1),
  });
  const [{ data }] = evaluate(grad(loss, [logits]), {
    logits: array([[Math.log(5), Math.log(3), Math.log(2)]]),
  });
  assertClose(data, [4 * 0.5, 4 * 0.3, 4 * (0.2 - 1)], 1e-6);
});

Deno.test("PPO's loss has the same gradient before its first step, where every ratio is 1", () => {
  const old = input("old", axes);
  const { loss: clipped } = policyLoss({
    logProbs,
    oldLogProbs: old, // the same numbers, held fixed
    advantages: input("returns", axes),
    mask: input("mask", axes),
    count: scalar(2),
  });
  const [first, second] = evaluate([...grad(clipped, [logProbs]), ...grad(loss, [logProbs])], {
    ...feeds,
    old: feeds.logProbs,
  });
  assertClose(first.data, second.data, 1e-9);
});
