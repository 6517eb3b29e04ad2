/** Phrasings for people: years, trades, works. */
import { entry, HOME, type Phrasings, year } from "./parts.ts";

// deno-fmt-ignore -- several short names on a line
/** The relations that this table phrases. */
export type PeopleRelation =
  | "dynasty" | "profession" | "born" | "died" | "work" | "known" | "nationality";

/** Each relation's phrasings. */
export const people: Readonly<Record<PeopleRelation, Phrasings>> = {
  dynasty: entry(["{n}是哪个朝代的人？", "{n}生活在哪个朝代？"], [
    "{n}是(哪个|哪一个|什么)(朝代|时代|时期)(|的|的人|人)？",
    "{n}(生活在|出生在|属于)(哪个|哪一个|什么)(朝代|时代|时期)？",
    "{n}是哪朝(|的)人？",
  ]),
  profession: entry(["{n}的职业是什么？", "{n}是做什么的？"], [
    "{n}(|的)(职业|身份)是什么？",
    "{n}是(做|干)什么的？",
    "{n}是(什么|什么样的|一位什么样的|一个什么样的)(人|人物)？",
    "{n}从事什么(职业|工作)？",
  ]),
  born: entry(
    ["{n}出生于哪一年？", "{n}是哪一年出生的？", "{n}什么时候出生？"],
    year("(出生|生|诞生)"),
  ),
  died: entry(
    ["{n}去世于哪一年？", "{n}是哪一年去世的？", "{n}什么时候去世？"],
    year("(去世|逝世|死)"),
  ),
  work: entry(["{n}的代表作是什么？", "{n}有什么作品？"], [
    "{n}(|的)(|主要)(代表作|代表作品|作品|著作)(是|有)(什么|哪些|哪部|哪一部)？",
    "{n}有(什么|哪些)(|代表)作品？",
    "{n}有(什么|哪些)代表作？",
    "{n}(写|写过|创作|写了|创作了|创作过)(什么|哪些)(|作品|书)？",
  ]),
  known: entry(["{n}以什么闻名？", "{n}因什么而闻名？"], [
    "{n}(|是)(以|因|因为|由于)(什么|啥)(|而)(闻名|出名|有名|著名|知名)(|的)？",
    "{n}为什么(闻名|出名|有名|著名)？",
  ]),
  nationality: entry(["{n}是哪国人？", "{n}来自哪个国家？"], [
    "{n}来自(哪个国家|哪国|什么国家|哪一个国家)？",
    "{n}是(哪国|哪个国家|什么国家|哪一个国家)(|的)人？",
    "{n}是(哪个国家|哪国)的？",
    "{n}是(哪里|什么地方)(|的)人？",
    ...HOME,
  ]),
};
