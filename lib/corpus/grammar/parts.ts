/**
 * Parts that many phrasings share. `(a|b)` means either, `(|a)` means a or nothing; groups do not
 * nest.
 */

/** How one relation is asked for. `{n}` stands for the entity's name. */
export interface Phrasings {
  /** What our own question writer uses. */
  ask: readonly string[];
  /** All that the gold judge takes for a good question; holds `ask` as well. */
  accept: readonly string[];
}

/** Asks for a year. */
export const WHEN = "(哪一年|哪年|什么时候|何时|什么年份|哪一个年份)";
const WHERES = "哪里|哪儿|何处|什么地方|哪个地方";
/** Asks for a place. */
export const WHERE = `(${WHERES})`;
/** Asks for a place, also in the words of `more`. */
export const WHERE_OR = (more: string): string => `(${WHERES}|${more})`;
/** Asks for a person. */
export const WHO = "(谁|什么人|哪个人|哪位)";
/** Says where something is. */
export const IS_AT = "(在|位于|坐落在|坐落于|地处)";

/** Asks where something is. */
export const PLACE = [
  `{n}(|是)在${WHERE}(|的)？`,
  `{n}${IS_AT}${WHERE}？`,
  `{n}的(位置|地点)(在|是)${WHERE}？`,
];
/** Asks what something is. */
export const DEFINITION = ["{n}是(什么|什么东西|啥)？", "什么是{n}？"];
/** Asks for a length. */
export const LONG = [
  "{n}(|的长度|全长)(|有)多长？",
  "{n}的(长度|全长)(|大约|约)(是|有|为)多少(|公里)？",
];
/** Asks for a height. */
export const HIGH = [
  "{n}(|的高度)(|有)多高？",
  "{n}的高度(|大约|约)(是|有|为)多少(|米)？",
  "{n}(|的)(|高|高度)(|是|有|约)(多少|几)米(|高)？",
];
/** Asks where something comes from. */
export const HOME = [`{n}(|是)来自${WHERE}(|的)？`];

/** An event in a year: 通车, 建成. `verb` may be an alternation. */
export const year = (verb: string): string[] => [
  `{n}(|是)(|在|于)${WHEN}${verb}(|的)？`,
  `{n}${verb}(于|在)${WHEN}？`,
  `{n}(|的)${verb}(|的)(时间|年份)(是|在)${WHEN}？`,
];
/** A person behind a thing: 由谁发明. */
export const by = (
  verb: string,
): string[] => [`{n}(|是)(|由|被)${WHO}${verb}(|的)？`, `${WHO}${verb}了{n}？`];
/** A table entry: phrasings to ask with, and more to accept. */
export const entry = (ask: readonly string[], accept: readonly string[]): Phrasings => ({
  ask,
  accept: [...ask, ...accept],
});
