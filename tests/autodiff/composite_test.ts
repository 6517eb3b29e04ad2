import {
  add,
  clamp,
  dot,
  exp,
  gather,
  gelu,
  layerNorm,
  less,
  logSoftmax,
  maskedMean,
  max,
  mean,
  mergeAxes,
  min,
  mul,
  rename,
  softmax,
  splitAxis,
  sub,
  take,
  tanh,
  transpose,
  where,
} from "../../lib/tensor/mod.ts";
import { checkGrads } from "../helpers/check_grads.ts";
import { bools, floats, integers } from "../helpers/samples.ts";

const open = ["batch"];

Deno.test("a two-layer net has the gradients that finite differences give", () => {
  const samples = {
    x: floats({ batch: 3, embed: 2 }),
    w1: floats({ embed: 2, inner: 4 }, { seed: 1 }),
    b1: floats({ inner: 4 }, { seed: 2 }),
    w2: floats({ inner: 4, out: 2 }, { seed: 3 }),
    b2: floats({ out: 2 }, { seed: 4 }),
  };
  checkGrads(
    ({ x, w1, b1, w2, b2 }) => add(dot(tanh(add(dot(x, w1, "embed"), b1)), w2, "inner"), b2),
    samples,
    { open },
  );
});

Deno.test("causal attention with two heads has the gradients that finite differences give", () => {
  const samples = {
    x: floats({ batch: 2, time: 3, embed: 4 }),
    wq: floats({ embed: 4, q: 4 }, { seed: 1 }),
    wk: floats({ embed: 4, k: 4 }, { seed: 2 }),
    wv: floats({ embed: 4, v: 4 }, { seed: 3 }),
    wo: floats({ joined: 4, embed: 4 }, { seed: 4 }),
    seen: bools({ time: 3, keyTime: 3 }, [1, 0, 0, 1, 1, 0, 1, 1, 1]),
  };
  checkGrads(
    ({ x, wq, wk, wv, wo, seen }) => {
      const heads = { heads: 2, headDim: 2 } as const;
      const query = splitAxis(dot(x, wq, "embed"), "q", heads);
      const key = rename(splitAxis(dot(x, wk, "embed"), "k", heads), { time: "keyTime" });
      const value = rename(splitAxis(dot(x, wv, "embed"), "v", heads), { time: "keyTime" });
      const scores = mul(dot(query, key, "headDim"), Math.SQRT1_2); // [batch, heads, time, keyTime]
      const weights = softmax(where(seen, scores, -1e9), "keyTime");
      const attended = transpose(dot(weights, value, "keyTime"), [
        "batch",
        "time",
        "heads",
        "headDim",
      ]);
      return dot(mergeAxes(attended, ["heads", "headDim"], "joined"), wo, "joined");
    },
    samples,
    { open },
  );
});

Deno.test("a residual block with layerNorm and gelu has the gradients that finite differences give", () => {
  const samples = {
    x: floats({ batch: 2, embed: 4 }),
    scale: floats({ embed: 4 }, { seed: 1 }),
    bias: floats({ embed: 4 }, { seed: 2 }),
    w: floats({ embed: 4, inner: 3 }, { seed: 3 }),
  };
  checkGrads(
    ({ x, scale, bias, w }) => {
      const inner = gelu(
        dot(layerNorm(x, { scale, bias }, { axis: "embed", epsilon: 1e-5 }), w, "embed"),
      );
      return add(x, dot(inner, w, "inner")); // w is used twice, x three times
    },
    samples,
    { open },
  );
});

Deno.test("log-probabilities of tokens, with embedding and output layer tied, have the gradients that finite differences give", () => {
  const samples = {
    table: floats({ vocab: 4, embed: 3 }),
    inputIds: integers({ batch: 2, time: 2 }, [0, 3, 3, 1]),
    targets: integers({ batch: 2, time: 2 }, [3, 2, 2, 0]),
  };
  checkGrads(
    ({ table, inputIds, targets }) => {
      const logits = dot(tanh(gather(table, inputIds, "vocab")), table, "embed");
      return take(logSoftmax(logits, "vocab"), targets, "vocab");
    },
    samples,
    { open: ["batch", "time"] },
  );
});

Deno.test("PPO's clipped loss has the gradients that finite differences give", () => {
  const tokens = { batch: 2, time: 4 } as const;
  const samples = {
    logProbs: floats(tokens, { low: -1, high: 0 }),
    oldLogProbs: floats(tokens, { low: -1, high: 0, seed: 1 }),
    advantages: floats(tokens, { seed: 2 }),
    mask: floats(tokens, { values: [1, 1, 1, 0, 1, 1, 1, 1] }),
  };
  checkGrads(({ logProbs, oldLogProbs, advantages, mask }) => {
    const ratio = exp(sub(logProbs, oldLogProbs));
    return maskedMean(min(mul(ratio, advantages), mul(clamp(ratio, 0.8, 1.2), advantages)), mask);
  }, samples);
});

Deno.test("whitening has the gradients that finite differences give", () => {
  checkGrads(({ x }) => {
    const centred = sub(x, mean(x));
    return mul(centred, exp(mul(mean(mul(centred, centred), "time"), -0.5)));
  }, { x: floats({ batch: 2, time: 3 }) });
});

Deno.test("a choice by comparison sends the gradient to what was chosen", () => {
  checkGrads(({ x, y }) => where(less(x, y), max(x, 0.1), mul(x, y)), {
    x: floats({ batch: 2, time: 3 }),
    y: floats({ time: 3, batch: 2 }, { seed: 1 }),
  });
});
