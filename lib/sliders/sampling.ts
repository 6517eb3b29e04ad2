/**
 * A real distribution of the next token as the sampling settings move, by the library's own
 * `samplingDistribution` (chapter 01).
 */
import { distributionOfRow } from "../lm/mod.ts";
import { entropyOfLogits } from "../rl/mod.ts";
import { defineSlider } from "../widgets/mod.ts";
import { LOGITS, SEEN, TOKENS } from "./next_token_logits.ts";

const places = new Set(SEEN);
const seen = LOGITS.map((_, place) => places.has(place));
const shown = TOKENS.map((_, place) => place);

/**
 * Move temperature, top-k, top-p and the penalty, and see what is drawn from and what a score
 * without them gets wrong.
 */
export const sampling = defineSlider({
  title: {
    en: "What the settings make of the model's distribution after …[SEP]钱塘江",
    zh: "各设置把模型在 …[SEP]钱塘江 之后的分布变成什么样",
  },
  controls: {
    temperature: {
      kind: "range",
      label: { en: "temperature", zh: "温度" },
      min: 0.5,
      max: 3,
      step: 0.1,
      value: 1,
    },
    topK: {
      kind: "range",
      label: { en: "top-k (0: all)", zh: "top-k（0：全部）" },
      min: 0,
      max: 20,
      step: 1,
      value: 0,
    },
    topP: {
      kind: "range",
      label: { en: "top-p (1: all)", zh: "top-p（1：全部）" },
      min: 0.05,
      max: 1,
      step: 0.05,
      value: 1,
    },
    repetitionPenalty: {
      kind: "range",
      label: { en: "repetition penalty", zh: "重复惩罚" },
      min: 1,
      max: 2,
      step: 0.1,
      value: 1.4,
    },
  },
  draw: (settings) => {
    const own = distributionOfRow(LOGITS).logProbs;
    const { logProbs, samplingMask } = distributionOfRow(LOGITS, { ...settings, seen });
    const labels = TOKENS.map((token, place) => samplingMask[place] ? token : `${token} ×`);
    const count = samplingMask.filter(Boolean).length;
    const entropy = entropyOfLogits(logProbs).toFixed(2);
    const mass = (100 * own.reduce((sum, logProb, place) =>
      sum + (samplingMask[place] ? Math.exp(logProb) : 0), 0))
      .toFixed(0);
    return {
      panels: [
        {
          labels,
          x: { title: { en: "probability", zh: "概率" }, range: [0, 1] },
          series: [
            {
              name: { en: "the model's own", zh: "模型自己的" },
              values: shown.map((place) =>
                Math.exp(own[place])
              ),
            },
            {
              name: { en: "drawn from", zh: "采样所用的" },
              values: shown.map((place) => Math.exp(logProbs[place])),
            },
          ],
        },
        {
          labels,
          x: {
            title: { en: "log(own / drawn from), nats", zh: "log（自己的 / 采样所用的），纳特" },
            range: [-4, 10],
          },
          series: [{
            name: { en: "log ratio", zh: "对数比率" },
            values: shown.map((place) => samplingMask[place] ? own[place] - logProbs[place] : 0),
          }],
        },
      ],
      readout: {
        en: `Entropy ${entropy} nats. ${count} of ${LOGITS.length} tokens may be drawn; ` +
          `the model gives them ${mass} % (×: cut off).`,
        zh:
          `熵 ${entropy} 纳特。${LOGITS.length} 个词元中可抽到 ${count} 个；模型给它们 ${mass} %（×：被截去）。`,
      },
    };
  },
});
