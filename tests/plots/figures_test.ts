import assert from "node:assert/strict";
import {
  bars,
  beforeAfter,
  curveGrid,
  displaySymbol,
  type Figure,
  heatStrip,
  learningCurve,
  table,
  tokenStems,
  toSvg,
} from "../../lib/plots/mod.ts";
import { speak } from "../../lib/text/mod.ts";

const rows = [1, 2, 3].map((update) => ({
  update,
  mean_reward: update / 2,
  kl: 0.1 * update,
  run: "kl_coef 0.05",
}));

/** Every text in the drawing. */
async function textsOf(figure: Figure): Promise<string[]> {
  const svg = await toSvg(figure);
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1] ?? "");
}

Deno.test("a figure is one output with a form for every viewer", async () => {
  const bundle = await learningCurve(rows, { y: "mean_reward" })[displaySymbol]();
  assert.deepEqual(Object.keys(bundle), [
    "application/vnd.plotly.v1+json",
    "text/html",
    "image/svg+xml",
    "text/plain",
  ]);
  assert.equal(bundle["text/plain"], "mean_reward: 0.500 to 1.50 over 3 points");
  assert.match(
    String(bundle["text/html"]),
    /<img alt="mean_reward[^>]*src="data:image\/svg\+xml;base64,/,
  );
  assert.ok(
    JSON.stringify(bundle).length < 25_000,
    "an output of a committed notebook stays small",
  );
});

Deno.test("the same figure is drawn in the same bytes, whatever was drawn before", async () => {
  const figure = learningCurve(rows, { y: "kl", seed: 1 });
  const first = await toSvg(figure);
  await toSvg(learningCurve(rows, { y: "mean_reward" }));
  assert.equal(await toSvg(figure), first);
});

Deno.test("a drawing is opaque and has its title, its seed, its axes and its runs written on it", async () => {
  const figure = learningCurve([...rows, ...rows.map((row) => ({ ...row, run: "kl_coef 1" }))], {
    y: "mean_reward",
    seriesBy: "run",
    title: "奖励 reward",
    yTitle: "mean reward (deviations)",
    seed: 7,
  });
  const texts = await textsOf(figure);
  for (
    const text of [
      "奖励 reward (seed 7)",
      "mean reward (deviations)",
      "update",
      "kl_coef 0.05",
      "kl_coef 1",
    ]
  ) {
    assert.ok(texts.includes(text), `${text} is missing in ${texts.join(", ")}`);
  }
  assert.ok(texts.includes("2") && !texts.includes("1.5"), "updates are whole");
  assert.match(await toSvg(figure), /<rect [^>]*width="720" height="380" style="fill:#ffffff"/);
});

Deno.test("series differ in dash and marker, not in colour alone", () => {
  const runs = ["a", "b"].map((name) => ({ name, rows }));
  const [first, second] = curveGrid(runs, ["kl"], { title: "two runs" }).data;
  assert.notDeepEqual(first?.line, second?.line);
  assert.notEqual(JSON.stringify(first?.marker), JSON.stringify(second?.marker));
});

Deno.test("a number that is missing or not finite leaves a gap", () => {
  const figure = learningCurve([{ y: 1 }, { y: NaN }, { y: 3 }], { y: "y" });
  assert.deepEqual(figure.data[0]?.y, [1, null, 3]);
});

Deno.test("a column that the rows do not have is refused by name", () => {
  const others: Record<string, number>[] = [{ update: 1, kl: 0.1 }];
  assert.throws(() => learningCurve(others, { y: "mean_rewrd" }), {
    name: "RangeError",
    message: 'Cannot plot "mean_rewrd": the rows have update, kl',
  });
});

Deno.test("small multiples name each panel and need no rows", async () => {
  const texts = await textsOf(
    curveGrid([{ name: "a", rows }], ["kl", { y: "mean_reward", title: "reward" }], {
      title: "PPO",
    }),
  );
  assert.ok(texts.includes("kl") && texts.includes("reward"));
  const none: typeof rows = [];
  assert.ok(
    (await textsOf(curveGrid([{ name: "a", rows: none }], ["kl"], { title: "PPO" }))).includes(
      "PPO",
    ),
  );
});

Deno.test("a panel on a log scale puts 1, 10 and 100 at equal steps, and the others stay linear", async () => {
  const rows = [1, 10, 100].map((ratio_max, index) => ({ update: index, ratio_max, kl: index }));
  const grid = curveGrid([{ name: "a", rows }], ["kl", { y: "ratio_max", scale: "log" }], {
    title: "PPO",
  });
  const svg = await toSvg(grid);
  const heights = [...svg.matchAll(/translate\([\d.]+,([\d.]+)\)" style="stroke-width:0px/g)].map((
    [, y],
  ) => Number(y));
  assert.equal(heights.length, 6);
  const [bottom, middle, top] = heights.slice(3);
  assert.ok(Math.abs(top - 2 * middle + bottom) < 0.1 && top < bottom, heights.join());
  const texts = await textsOf(grid);
  for (const mark of ["1", "10", "20", "50", "100"]) {
    assert.ok(texts.includes(mark), texts.join(", "));
  }
  assert.ok(!("type" in Object(grid.layout.yaxis)));
});

Deno.test("bars write small probabilities in full", async () => {
  const tokens = [{ token: "长江", p: 0.0537 }, { token: "[SEP]", p: 0.0042 }];
  const texts = await textsOf(bars(tokens, { label: "token", value: "p", title: "Next token" }));
  for (const text of ["长江", "[SEP]", "0.0537", "0.0042"]) {
    assert.ok(texts.includes(text), texts.join(", "));
  }
});

Deno.test("before and after are drawn in percent with their intervals", () => {
  const figure = beforeAfter([{
    label: "seed 0",
    before: { value: 0.4, interval: [0.3, 0.5] },
    after: { value: 0.6, interval: [0.55, 0.7] },
    gain: { value: 0.2, interval: [0.1, 0.3] },
  }], { title: "gold" });
  assert.deepEqual(figure.data[0]?.y, [40, 60]);
  assert.equal(figure.text, "gold: seed 0: 40.0 → 60.0 %, gain +20.0 [+10.0, +30.0] points");
});

Deno.test("a strip of tokens refuses another number of values", () => {
  assert.throws(() => heatStrip(["长", "江"], [1], { title: "t", valueTitle: "v" }), {
    name: "RangeError",
    message: "Cannot colour 2 tokens: there are 1 values",
  });
  const strip = heatStrip(["长", "江", "？"], [0, -2, 1], {
    title: "t",
    valueTitle: "v",
    perLine: 2,
  });
  assert.deepEqual([strip.data[0]?.x, strip.data[0]?.y], [[0, 1, 0], [0, 0, 1]]);
});

Deno.test("strips with one largest number share their colours", () => {
  const titles = { title: "t", valueTitle: "v" };
  const [alone, shared] = [{}, { largest: 4 }].map((scale) =>
    JSON.stringify(heatStrip(["长"], [1], { ...titles, ...scale }).data[0])
  );
  assert.match(alone, /"cmin":-1,"cmax":1/);
  assert.match(alone, /"color":\["#ffffff"\]/); // white on the fullest colour
  assert.match(shared, /"cmin":-4,"cmax":4/);
  assert.match(shared, /"color":\["#222222"\]/);
  assert.throws(() => heatStrip(["长"], [1], { ...titles, largest: 0 }), {
    name: "RangeError",
    message: 'Cannot colour the tokens: "largest" is 0, not above 0',
  });
});

Deno.test("a strip of log-probabilities ends its colours at 0 and writes the numbers below the tokens", async () => {
  const titles = { title: "t", valueTitle: "nats", upToZero: true, numbers: true };
  const strip = heatStrip(["长", "江", "？"], [-0.004, -1.566, NaN], { ...titles, perLine: 2 });
  assert.match(
    JSON.stringify(strip.data[0]),
    /"cmin":-1.566,"cmax":0,"colorscale":\[\[0,"#0072B2"\],\[1,"#ffffff"\]\]/,
  );
  assert.deepEqual(strip.data[1]?.text, ["0.00", "\u22121.57", ""]);
  const [tiles, numbers] = strip.data.map(({ y }) => Array.isArray(y) ? y.map(Number) : []);
  assert.ok(
    numbers.every((y, index) => y > tiles[index] && y < tiles[index] + 1),
    "between two lines of tiles",
  );
  const texts = await textsOf(strip);
  assert.ok(
    texts.includes("\u22121.57") && !texts.some((text) => text.startsWith("trace")),
    texts.join(", "),
  );
  assert.throws(() => heatStrip(["长", "江"], [-1, 0.5], titles), {
    name: "RangeError",
    message: 'Cannot colour "江": its number is 0.5, and "upToZero" ends the scale at 0',
  });
});

Deno.test("stems over tokens begin at 0, lines stand beside them, and the tokens are written below", async () => {
  const titles = { title: "回报", valueTitle: "units of score", tokenTitle: "token" };
  const stems = { name: "return", values: [1, -2] },
    lines = [{ name: "value", values: [0.5, NaN] }];
  const figure = tokenStems(["长", "[SEP]"], { ...titles, stems, lines });
  assert.deepEqual(figure.data[0]?.y, [0, 1, null, 0, -2, null]);
  assert.deepEqual(figure.data[2]?.y, [0.5, null]);
  const texts = await textsOf(figure);
  for (const text of ["长", "[SEP]", "回报", "units of score", "token", "return", "value"]) {
    assert.ok(texts.includes(text), `${text} is missing in ${texts.join(", ")}`);
  }
  assert.throws(() => tokenStems(["长"], { ...titles, stems, lines: [] }), {
    name: "RangeError",
    message: 'Cannot draw "return" over 1 tokens: there are 2 numbers',
  });
});

Deno.test("stacked bars stand end to end, with the sum at the end of each and in the figure's words", async () => {
  const parts = [["a", "x", 1], ["a", "y", 2.5], ["b", "x", 4], ["b", "y", 0.25]] as const;
  const rows = parts.map(([step, held, size]) => ({ step, held, size }));
  const names = { label: "step", value: "size", seriesBy: "held", title: "Parts" } as const;
  const figure = bars(rows, { ...names, stacked: true });
  assert.equal(figure.text, "Parts: a 3.5, b 4.25");
  assert.equal(figure.layout.barmode, "stack");
  const texts = await textsOf(figure);
  for (const text of ["3.5", "4.25", "x", "y"]) {
    assert.ok(texts.includes(text), `${text} is missing`);
  }
  assert.ok(!texts.includes("together"), "the sums are no part");
  assert.ok(
    (await textsOf(bars(rows, names))).includes("2.5"),
    "side by side each bar has its own number",
  );
});

Deno.test("default texts of figures and tables are in the notebook's language", async () => {
  const made = () => [
    learningCurve(rows, { y: "mean_reward", seriesBy: "update", seed: 1 }),
    bars([{ token: "长", probability: 1 }], {
      label: "token",
      value: "probability",
      title: "长江",
    }),
    curveGrid([{ name: "a", rows }], ["kl", "mean_reward"], { title: "PPO" }),
    table([{ question: "长江？", right: true }], ["question", "right"]),
  ];
  const english = made().map(({ text }) => text);
  try {
    speak("zh");
    const chinese = made();
    assert.deepEqual(chinese.map(({ text }) => text), [
      "平均奖励：更新 1，1 个点，从 0.500 到 0.500；更新 2，1 个点，从 1.00 到 1.00；更新 3，1 个点，从 1.50 到 1.50",
      "长江：长 1",
      "PPO：a的KL，平均奖励",
      "问题    正确\n长江？  是",
    ]);
    const [curve, bar] = chinese;
    assert.ok("data" in curve && "data" in bar);
    const texts = [...await textsOf(curve), ...await textsOf(bar)];
    for (const text of ["平均奖励（种子 1）", "更新", "词元", "概率"]) {
      assert.ok(texts.includes(text), `${text} is missing in ${texts.join(", ")}`);
    }
  } finally {
    speak("en");
  }
  assert.deepEqual(english, made().map(({ text }) => text));
  assert.match(english[0], /^mean_reward: update 1, 0.500 to 0.500 over 1 points; /);
});
