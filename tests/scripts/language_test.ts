/** The language of commands: `--lang`, PPO_LANG and LANG, and help without an English sentence. */
import { deepEqual, equal, match } from "node:assert/strict";

import { speak, spokenLanguage } from "../../lib/text/mod.ts";
import { languageArguments, speakAsAsked } from "../../scripts/command_language.ts";
import { runScript } from "../helpers/run_script.ts";

const CHINA = { LANG: "zh_CN.UTF-8" };

/** The language of a command with these arguments and variables. */
function languageOf(args: string[], variables: Record<string, string> = {}): string {
  try {
    speakAsAsked(args, (name) => variables[name]);
    return spokenLanguage();
  } finally {
    speak("en");
  }
}

Deno.test("LANG chooses the language, PPO_LANG takes precedence, and --lang decides", () => {
  equal(languageOf([]), "en");
  equal(languageOf([], { LANG: "en_US.UTF-8" }), "en");
  equal(languageOf([], CHINA), "zh");
  equal(languageOf([], { ...CHINA, PPO_LANG: "en" }), "en");
  equal(languageOf(["--lang", "en"], CHINA), "en");
  equal(languageOf(["--lang=zh"], { PPO_LANG: "en" }), "zh");
  equal(languageOf(["--lang", "en", "--seed", "3", "--lang", "zh"]), "zh");
});

Deno.test("a language that does not exist leaves the system's, in which it is refused", () => {
  equal(languageOf(["--lang", "fr"], CHINA), "zh");
  equal(languageOf(["--lang", "both"]), "en"); // `notebooks` has editions in both
});

Deno.test("--lang and its value are taken out of the arguments, and nothing else", () => {
  const { own, others } = languageArguments(["--lang", "zh", "--seed", "3", "--lang=en", "run"]);
  deepEqual([own, others], [["--lang", "zh", "--lang=en"], ["--seed", "3", "run"]]);
  deepEqual(languageArguments(["--lang", "--help"]).others, ["--help"]);
});

/** Every command with a help text of ours; JupyterLab prints that of `lab`. */
const COMMANDS = [
  ...["start", "train", "sft", "reward", "data", "predict", "score", "sweep", "doctor"],
  ...["export", "control", "notebooks", "make_data", "setup"],
];

/** Three English words in a row, which are a sentence, and no name. */
const SENTENCE = /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/;

const withoutCommands = (text: string): string =>
  text.replaceAll(/deno (task|run -A) [\w./-]+/g, "");

for (const name of COMMANDS) {
  Deno.test(`${name} --help is Chinese in China, every line of it`, async () => {
    const { code, out, err } = await runScript(name, ["--help"], { env: CHINA });
    deepEqual([code, err], [0, ""]);
    match(out, /^ {2}--lang +\S/m);
    for (const line of out.split("\n").filter((line) => line.trim() !== "")) {
      match(line.replace(/^ {2}--\w+ +/, ""), /\p{Script=Han}/u);
      equal(SENTENCE.exec(withoutCommands(line))?.[0], undefined, line);
    }
  });
}

Deno.test("--lang en overrides LANG, in help and in errors", async () => {
  const { out } = await runScript("score", ["--help", "--lang", "en"], { env: CHINA });
  match(out, /^Scores questions about passages/);
  match(out, / {2}--lang +language of all messages, by default that of LANG: en or zh\n/);
  const { code, err } = await runScript("score", ["--lang", "en", "--file"], { env: CHINA });
  deepEqual([code, err], [1, "Cannot use --file alone: it needs a value, text\n"]);
});

Deno.test("a wrong flag, an unknown language and a wrong path are refused in Chinese", async () => {
  const refused = async (...args: string[]) =>
    (await runScript("doctor", args, { env: CHINA })).err;
  equal(await refused("--sead", "3"), "不能使用 --sead：没有这个参数；--help 列出所有参数\n");
  equal(await refused("--lang", "fr"), "不能使用 --lang fr：取值应为 en 或 zh\n");
  match(await refused("nowhere"), /^无法诊断 nowhere：没有这个文件或文件夹（当前文件夹是 .*）\n$/);
});

Deno.test("an unknown language is refused with the two that exist", async () => {
  const { code, err } = await runScript("doctor", ["nowhere", "--lang", "fr"]);
  deepEqual([code, err], [1, "Cannot use --lang fr: it must be en or zh\n"]);
});
