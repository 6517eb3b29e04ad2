/** The Chinese of help texts and of errors about flags. */
import { deepEqual, equal, match } from "node:assert/strict";
import {
  COMMAND_TABLES,
  helpPhrase,
  hintFor,
  LANGUAGE_FLAG,
  parseFlags,
  SETTINGS,
  type SettingSpec,
  SETUP_FLAGS,
  SWEEP_FLAGS,
  validateSettings,
} from "../../lib/settings/mod.ts";
import { chineseError, inChinese } from "../helpers/in_chinese.ts";

const TABLES = [...Object.values(COMMAND_TABLES), SWEEP_FLAGS, SETUP_FLAGS, LANGUAGE_FLAG];

/** The phrases of a row. */
const phrasesOf = (spec: SettingSpec): string[] => [
  "help" in spec ? spec.help : spec.advanced,
  ...("form" in spec && spec.form !== undefined ? [spec.form] : []),
];

Deno.test("every phrase of every flag has its Chinese", async () => {
  const phrases = new Set(TABLES.flatMap((table) => Object.values(table).flatMap(phrasesOf)));
  const missing = await inChinese(() =>
    [...phrases].filter((phrase) =>
      helpPhrase(phrase) === phrase || !/\p{Script=Han}|、/u.test(helpPhrase(phrase))
    )
  );
  deepEqual(missing.filter((phrase) => phrase !== "en or zh"), []);
  equal(await inChinese(() => helpPhrase("en or zh")), "en 或 zh");
});

const REFUSED: [string[], string][] = [
  [["--lamda", "1"], "不能使用 --lamda：没有这个参数；是否想用 --lam？"],
  [["--something_else"], "不能使用 --something_else：没有这个参数；--help 列出所有参数"],
  [["--lam", "1.5"], "不能使用 --lam 1.5：取值应为 0 到 1 之间的数"],
  [["--seed", "3.5"], "不能使用 --seed 3.5：取值应为不小于 0 的整数"],
  [["--top_p", "0"], "不能使用 --top_p 0：取值应为大于 0 且不大于 1 的数"],
  [["--lr_schedule", "x"], "不能使用 --lr_schedule x：取值应为 constant、linear 或 cosine"],
  [["--do_sample", "maybe"], "不能使用 --do_sample maybe：取值应为 true 或 false"],
  [["--lam"], "不能单独使用 --lam：后面需要一个值，应为 0 到 1 之间的数"],
  [["train"], "不能使用“train”：这里只接受 --help 这样的参数"],
];

for (const [args, message] of REFUSED) {
  Deno.test(`${args.join(" ")} is refused in Chinese`, async () => {
    equal(await chineseError(() => parseFlags(SETTINGS, { args })), message);
  });
}

Deno.test("variables, settings and names of other libraries are refused in Chinese", async () => {
  equal(
    await chineseError(() => parseFlags(SETTINGS, { environment: { PPO_LAM: "x" } })),
    "不能使用环境变量 PPO_LAM=x：取值应为 0 到 1 之间的数",
  );
  match(
    await chineseError(() => validateSettings({ update_timesteps: 1000 })),
    /^不能使用 update_timesteps 1000：.*不足以更新一次$/,
  );
  const about = { known: ["seed"], shown: (name: string) => `--${name}` };
  equal(await inChinese(() => hintFor("ent_coef", about)), "这里没有熵奖励");
  equal(
    await inChinese(() => hintFor("cliprange", about)),
    "它对应 --policy_clip_eps，那是 deno task train 的设置",
  );
});
