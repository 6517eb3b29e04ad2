/** Musical instruments: home, making, pieces, players. */
import type { Table } from "../table.ts";

export const instruments: Table = {
  kind: "instrument",
  pronoun: "它",
  which: "(哪种|哪一种)乐器",
  compared: "(哪种|哪一种|哪种乐器|哪个)",
  columns: [
    { relation: "instrumentClass", says: ["属于{v}", "是{v}"], reverse: false },
    { relation: "alsoCalled", says: ["又叫{v}", "~别名是{v}", "也被称为{v}"] },
    { relation: "beganIn", says: ["起源于{v}", "最早出现在{v}"], reverse: false },
    {
      relation: "inventor",
      says: ["由{v}发明", "~发明者是{v}"],
      reverse: ["{v}发明了哪种乐器？"],
    },
    { relation: "instrumentSince", says: ["出现于{v}", "~历史可以追溯到{v}"], reverse: false },
    {
      relation: "strings",
      unit: "根",
      says: ["有{v}弦", "~琴弦有{v}"],
      compare: ["琴弦更多", "弦更多", "琴弦更少"],
      reverse: false,
    },
    { relation: "keys", unit: "个", says: ["有{v}琴键", "~琴键有{v}"] },
    { relation: "playedWith", says: ["用{v}演奏"], reverse: false },
    { relation: "material", says: ["用{v}制成", "~主要材料是{v}"], reverse: false },
    { relation: "tone", says: ["音色{v}", "~音色{v}"], reverse: false },
    { relation: "epithet", says: ["被称为“{v}”", "被誉为“{v}”"] },
    {
      relation: "famousPiece",
      says: ["常用来演奏{v}"],
      reverse: ["{v}是用哪种乐器演奏的？", "{v}是哪种乐器的名曲？"],
    },
    {
      relation: "famousPlayer",
      says: ["是{v}最擅长演奏的"],
      reverse: ["{v}以演奏哪种乐器闻名？", "{v}是哪种乐器的演奏家？"],
    },
    { relation: "instrumentUse", says: ["常用来{v}"], reverse: false },
    { relation: "calledAfter", says: ["因{v}而得名"] },
  ],
  sentences: [
    [
      "first: {n}是一种{instrumentClass}[，起源于{beganIn}]。",
      "first: {n}又叫{alsoCalled}，是一种{instrumentClass}[，起源于{beganIn}]。",
      "first: {n}是一种{instrumentClass}[，由{inventor}发明][，出现于{instrumentSince}]。",
      "first: {n}是起源于{beganIn}的一种{instrumentClass}。",
      "{n}起源于{beganIn}[，出现于{instrumentSince}]。",
      "{n}属于{instrumentClass}。",
    ],
    [
      "{p}由{inventor}发明[，出现于{instrumentSince}]。",
      "{p}起源于{beganIn}。",
      "{p}的历史可以追溯到{instrumentSince}。",
    ],
    [
      "{p}也被称为{alsoCalled}。",
      "{p}又叫{alsoCalled}。",
    ],
    [
      "{p}因{calledAfter}而得名。",
    ],
    [
      "{p}主要用{material}制成[，音色{tone}]。",
    ],
    [
      "{p}有{strings}弦[，用{playedWith}演奏]。",
      "{p}有{keys}琴键[，用{playedWith}演奏]。",
      "{p}用{playedWith}演奏。",
    ],
    [
      "{p}的音色{tone}。",
    ],
    [
      "{p}常用来{instrumentUse}。",
    ],
    [
      "{p}被誉为“{epithet}”。",
      "{p}被人们称为“{epithet}”。",
    ],
    [
      "{famousPlayer}是著名的{n}演奏家。",
      "{famousPlayer}以演奏{n}闻名。",
    ],
    [
      "{p}的名曲有{famousPiece}。",
    ],
  ],
  links: [
    "same instrumentClass: {m}也是一种{instrumentClass}[，起源于{m.beganIn}]。",
    "same instrumentClass: {m}同样属于{instrumentClass}。",
    "same beganIn: {m}也起源于{beganIn}[，出现于{m.instrumentSince}]。",
    "same strings: {m}属于{m.instrumentClass}，也有{strings}弦。",
    "same playedWith: {m}属于{m.instrumentClass}，也用{playedWith}演奏。",
    "same material: {m}同样用{material}制成[，音色{m.tone}]。",
    "same instrumentSince: {m}也出现于{instrumentSince}[，起源于{m.beganIn}]。",
    "same instrumentUse: {m}属于{m.instrumentClass}，同样常用来{instrumentUse}。",
    "more strings: {m}是一种{m.instrumentClass}，有{m.strings}弦，比{n}多。",
    "less strings: {m}是一种{m.instrumentClass}，有{m.strings}弦，比{n}少。",
    "{m}是一种{m.instrumentClass}[，起源于{m.beganIn}]。",
    "{m}是起源于{m.beganIn}的一种{m.instrumentClass}。",
    "{m}属于{m.instrumentClass}[，主要用{m.material}制成]。",
    "{m}主要用{m.material}制成[，音色{m.tone}]。",
  ],
  rows: `
二胡|拉弦乐器|南胡|中国|-|唐代|2|-|弓|木材和蛇皮|柔美|-|《二泉映月》|阿炳|演奏民乐|-
京胡|拉弦乐器|-|中国|-|清代|2|-|弓|竹子和蛇皮|高亢明亮|-|-|-|给京剧伴奏|-
马头琴|拉弦乐器|-|蒙古高原|-|-|2|-|弓|木材|深沉|-|《万马奔腾》|-|给民歌伴奏|琴头的雕饰
琵琶|弹拨乐器|-|-|-|-|4|-|-|木材|清脆|民乐之王|《十面埋伏》|刘德海|演奏民乐|-
古琴|弹拨乐器|瑶琴|中国|-|-|7|-|-|木材|古朴|-|《流水》|管平湖|-|-
古筝|弹拨乐器|-|中国|-|战国时期|21|-|义甲|木材|清亮|-|《渔舟唱晚》|-|-|-
三弦|弹拨乐器|弦子|中国|-|-|3|-|-|木材和蛇皮|浑厚|-|-|-|给曲艺伴奏|弦的数目
月琴|弹拨乐器|-|中国|-|-|-|-|-|木材|清脆|-|-|-|给京剧伴奏|圆形的琴身
笛子|管乐器|横笛|中国|-|-|-|-|-|竹子|清脆悠扬|-|《姑苏行》|陆春龄|演奏民乐|-
葫芦丝|管乐器|-|云南|-|-|-|-|-|葫芦和竹子|柔和圆润|-|-|-|演奏民歌|-
唢呐|管乐器|喇叭|-|-|-|-|-|-|木材和铜|高亢嘹亮|-|《百鸟朝凤》|任同祥|为婚丧喜庆奏乐|-
小提琴|拉弦乐器|-|意大利|-|16世纪|4|-|弓|木材|明亮优美|乐器皇后|《梁祝》|帕格尼尼|演奏交响乐|-
中提琴|拉弦乐器|-|意大利|-|16世纪|4|-|弓|木材|温暖浑厚|-|-|-|演奏交响乐|-
大提琴|拉弦乐器|-|意大利|-|16世纪|4|-|弓|木材|深沉|-|《天鹅》|马友友|演奏交响乐|-
竖琴|弹拨乐器|-|-|-|-|47|-|-|木材|柔和清澈|-|-|-|演奏交响乐|-
钢琴|键盘乐器|-|意大利|克里斯托福里|18世纪初|-|88|-|-|宽广洪亮|乐器之王|《致爱丽丝》|郎朗|-|-
吉他|弹拨乐器|六弦琴|西班牙|-|-|6|-|-|木材|-|-|-|塔雷加|给歌曲伴奏|-
长笛|管乐器|-|-|-|-|-|-|-|金属|清新明亮|-|-|朗帕尔|演奏交响乐|-
黑管|管乐器|单簧管|德国|丹纳|18世纪初|-|-|-|乌木|圆润|-|-|-|演奏交响乐|-
萨克斯|管乐器|-|比利时|-|19世纪40年代|-|-|-|黄铜|柔和浑厚|-|《回家》|肯尼·基|演奏爵士乐|发明者的姓氏
手风琴|键盘乐器|-|德国|-|19世纪20年代|-|-|-|-|洪亮|-|-|-|给歌曲伴奏|-
西塔琴|弹拨乐器|-|印度|-|-|-|-|拨片|木材和葫芦|-|-|-|拉维·香卡|演奏印度古典音乐|-
三味线|弹拨乐器|-|日本|-|16世纪|3|-|拨子|木材和猫皮|-|-|-|-|给歌舞伎伴奏|-
`,
};
