/** The names of the gold judge's verdicts. */
import { say } from "../text/mod.ts";

/** A verdict in the language of the notebook; one without a Chinese name keeps its own. */
export const verdictName = (verdict: string): string =>
  say({ en: verdict, zh: CHINESE.get(verdict) ?? verdict });

const CHINESE: ReadonlyMap<string, string> = new Map(Object.entries({
  right: "正确",
  wrong: "错误",
  empty: "空",
  vague: "含糊",
  "not answerable": "短文没有答案",
  "wrong entity": "问错对象",
  "given away": "泄露答案",
  "cut off": "不完整",
  copy: "照抄短文",
  "misspelled name": "名称写错",
  malformed: "句式不符",
}));
