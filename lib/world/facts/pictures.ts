/** Pictures and works of writing: painter, year, subject, museum. */
import type { Table } from "../table.ts";

export const pictures: Table = {
  kind: "picture",
  pronoun: "它",
  which: "(哪幅|哪一幅)(作品|名作)",
  compared: "(哪幅|哪一幅|哪个)",
  columns: [
    {
      relation: "author",
      says: ["由{v}创作", "~作者是{v}"],
      reverse: false,
    },
    { relation: "workDynasty", says: ["创作于{v}", "是{v}的作品"], reverse: false },
    { relation: "authorCountry", says: ["~作者是{v}人", "~作者来自{v}"], reverse: false },
    { relation: "pictureType", says: ["是{v}", "是一幅{v}"], reverse: false },
    {
      relation: "workYear",
      unit: "年",
      says: ["完成于{v}", "在{v}完成"],
      compare: ["完成得更早", "完成得更晚"],
      reverse: false,
    },
    { relation: "depicts", says: ["画的是{v}", "描绘了{v}"] },
    {
      relation: "keptIn",
      says: ["保存在{v}"],
      reverse: false,
    },
    {
      relation: "pictureWidth",
      unit: "厘米",
      says: ["宽约{v}", "~宽度约为{v}"],
      compare: ["更宽", "画幅更宽"],
    },
    { relation: "alsoCalled", says: ["被称为“{v}”"] },
  ],
  sentences: [
    [
      "first: {n}是{authorCountry}画家{author}的{pictureType}[，{workYear}完成]。",
      "first: {n}是{workDynasty}{author}的{pictureType}[，{workYear}完成]。",
      "{n}是[{authorCountry}画家][{workDynasty}]{author}创作的{pictureType}[，{workYear}完成]。",
      "first: {n}是一幅著名的{pictureType}。",
      "first: {n}是{workDynasty}{author}的作品。",
      "first: {n}是{authorCountry}画家{author}的作品[，{workYear}完成]。",
    ],
    [
      "{p}的作者是[{authorCountry}画家]{author}。",
      "{p}创作于{workDynasty}[，作者是{author}]。",
    ],
    [
      "{p}是{authorCountry}的一幅名作。",
    ],
    [
      "{p}是一幅{pictureType}[，{workYear}完成]。",
      "{p}完成于{workYear}。",
    ],
    [
      "{p}描绘了{depicts}。",
      "{p}画的是{depicts}。",
    ],
    [
      "{p}的画面宽约{pictureWidth}。",
    ],
    [
      "{p}现在保存在{keptIn}。",
      "{p}如今保存在{keptIn}。",
    ],
    [
      "{p}被称为“{alsoCalled}”。",
      "{p}被人们称为“{alsoCalled}”。",
    ],
  ],
  links: [
    "same author: {m}也是{m.author}的作品[，画的是{m.depicts}]。",
    "same workDynasty: {m}也创作于{m.workDynasty}[，作者是{m.author}]。",
    "same authorCountry: {m}的作者{m.author}也是{authorCountry}人。",
    "same pictureType: {m}也是一幅{m.pictureType}[，作者是{m.author}]。",
    "same keptIn: {m}也保存在{m.keptIn}。",
    "more pictureWidth: {m}是{m.author}的作品，画面宽约{m.pictureWidth}，比{n}宽。",
    "less pictureWidth: {m}是{m.author}的作品，画面宽约{m.pictureWidth}，比{n}窄。",
    "{m}是{m.authorCountry}画家{m.author}的{m.pictureType}[，{m.workYear}完成]。",
    "{m}是{m.workDynasty}{m.author}的{m.pictureType}。",
    "{m}是[{m.authorCountry}画家][{m.workDynasty}]{m.author}创作的{m.pictureType}[，{m.workYear}完成]。",
    "{m}是[{m.authorCountry}画家][{m.workDynasty}]{m.author}的作品。",
    "{m}画的是{m.depicts}，作者是[{m.authorCountry}画家]{m.author}。",
  ],
  rows: `
《清明上河图》|张择端|宋朝|-|风俗画|-|都城汴京的街市|故宫博物院|529|-
《千里江山图》|王希孟|宋朝|-|青绿山水画|1113|连绵的群山和江河|故宫博物院|1191|-
《富春山居图》|黄公望|元朝|-|水墨山水画|1350|富春江两岸的初秋景色|-|-|-
《洛神赋图》|顾恺之|东晋|-|人物画|-|曹植与洛水女神相遇的情景|-|-|-
《步辇图》|阎立本|唐朝|-|人物画|-|唐太宗接见吐蕃使者的场面|故宫博物院|-|-
《韩熙载夜宴图》|顾闳中|五代|-|人物画|-|官员家中宴饮歌舞的场面|故宫博物院|336|-
《五牛图》|韩滉|唐朝|-|动物画|-|姿态各异的耕牛|故宫博物院|140|-
《兰亭序》|王羲之|东晋|-|书法作品|353|-|-|-|天下第一行书
《愚公移山》|徐悲鸿|-|中国|国画|1940|挥锄开山的人们|-|-|-
《蒙娜丽莎》|达·芬奇|-|意大利|油画|-|面带微笑的女子|卢浮宫|53|-
《最后的晚餐》|达·芬奇|-|意大利|壁画|1498|耶稣和十二门徒|米兰的圣玛利亚感恩教堂|880|-
《创造亚当》|米开朗琪罗|-|意大利|壁画|-|上帝把生命赐给人类的情景|西斯廷礼拜堂|-|-
《雅典学院》|拉斐尔|-|意大利|壁画|1511|古希腊的哲学家们|梵蒂冈|-|-
《西斯廷圣母》|拉斐尔|-|意大利|油画|-|怀抱婴儿的玛利亚|德累斯顿的茨温格宫|196|-
《维纳斯的诞生》|波提切利|-|意大利|蛋彩画|-|站在贝壳上的女神|乌菲齐美术馆|279|-
《夜巡》|伦勃朗|-|荷兰|油画|1642|阿姆斯特丹的民兵|荷兰国立博物馆|-|-
《戴珍珠耳环的少女》|维米尔|-|荷兰|油画|-|回头凝望的女孩|莫里茨皇家美术馆|39|-
《自由引导人民》|德拉克罗瓦|-|法国|油画|1830|七月革命中战斗的场面|卢浮宫|325|-
《拾穗者》|米勒|-|法国|油画|1857|在田里捡麦穗的农妇|奥赛博物馆|111|-
《星月夜》|梵高|-|荷兰|油画|1889|旋转的夜空和村庄|纽约现代艺术博物馆|92|-
《呐喊》|蒙克|-|挪威|表现主义绘画|1893|桥上惊恐的人|挪威国家博物馆|-|-
《格尔尼卡》|毕加索|-|西班牙|油画|1937|遭到轰炸的小镇|索菲亚王后艺术中心|777|-
《记忆的永恒》|达利|-|西班牙|油画|1931|软化的钟表|纽约现代艺术博物馆|33|-
《神奈川冲浪里》|葛饰北斋|-|日本|浮世绘|-|巨浪和远处的富士山|-|38|-
`,
};
