/** Sports: home, teams, scoring, players. */
import type { Table } from "../table.ts";

export const sports: Table = {
  kind: "sport",
  pronoun: "它",
  which: "(哪项|哪种)运动",
  compared: "(哪项|哪一项|哪项运动|哪个)",
  columns: [
    { relation: "sportType", says: ["属于{v}", "是一项{v}"], reverse: false },
    { relation: "alsoCalled", says: ["又叫{v}", "~别名是{v}", "也被称为{v}"] },
    { relation: "beganIn", says: ["起源于{v}", "最早出现在{v}"], reverse: false },
    {
      relation: "sportCreator",
      says: ["由{v}创立", "~创始人是{v}"],
      reverse: ["{v}创立了哪项运动？"],
    },
    { relation: "sportSince", says: ["诞生于{v}", "产生于{v}"], reverse: false },
    { relation: "venue", says: ["在{v}上进行", "~比赛场地是{v}"], reverse: false },
    {
      relation: "players",
      unit: "人",
      says: ["比赛时每队有{v}上场", "比赛每队上场{v}"],
      compare: ["每队上场人数更多", "每队人数更多", "每队上场人数更少"],
      reverse: false,
    },
    { relation: "equipment", says: ["要用{v}", "需要使用{v}", "~主要器材是{v}"], reverse: false },
    {
      relation: "matchLength",
      unit: "分钟",
      says: ["一场比赛共{v}", "~比赛时间为{v}"],
      compare: ["比赛时间更长", "比赛时间更短"],
    },
    { relation: "innings", unit: "局", says: ["一场比赛打{v}"] },
    { relation: "setPoints", unit: "分", says: ["每局先得{v}的一方获胜"] },
    { relation: "distance", says: ["~比赛距离是{v}"] },
    { relation: "scoring", says: ["靠{v}得分"], reverse: false },
    {
      relation: "sportStar",
      says: ["是{v}的强项"],
      reverse: ["{v}是哪项运动的名将？", "{v}以哪项运动闻名？"],
    },
    { relation: "calledAfter", says: ["因{v}而得名"] },
    {
      relation: "olympic",
      unit: "年",
      says: ["在{v}成为奥运会正式项目", "于{v}进入奥运会"],
      compare: ["更早进入奥运会", "更晚进入奥运会"],
      reverse: false,
    },
  ],
  sentences: [
    [
      "first: {n}是一项{sportType}[，起源于{beganIn}]。",
      "first: {n}又叫{alsoCalled}，是一项{sportType}[，起源于{beganIn}]。",
      "first: {n}是起源于{beganIn}的一项{sportType}[，诞生于{sportSince}]。",
      "first: {n}是一项{sportType}[，由{sportCreator}创立][，诞生于{sportSince}]。",
      "{n}起源于{beganIn}[，诞生于{sportSince}]。",
      "{n}属于{sportType}。",
    ],
    [
      "{p}由{sportCreator}创立[，诞生于{sportSince}]。",
      "{p}起源于{beganIn}[，诞生于{sportSince}]。",
      "{p}诞生于{sportSince}。",
    ],
    [
      "{p}也被称为{alsoCalled}。",
      "{p}又叫{alsoCalled}。",
    ],
    [
      "{p}因{calledAfter}而得名。",
    ],
    [
      "{p}的比赛场地是{venue}[，主要器材是{equipment}]。",
      "{p}需要使用{equipment}。",
      "{p}的主要器材是{equipment}。",
    ],
    [
      "在{n}比赛中，每队有{players}上场[，一场比赛共{matchLength}]。",
      "在{n}比赛中，每队有{players}上场[，一场比赛通常打{innings}]。",
      "一场{n}比赛共{matchLength}。",
      "一场{n}比赛通常打{innings}。",
    ],
    [
      "{p}的比赛距离是{distance}。",
    ],
    [
      "在{n}比赛中，{scoring}即可得分。",
    ],
    [
      "在{n}比赛中，每局先得{setPoints}的一方获胜。",
    ],
    [
      "{p}在{olympic}成为奥运会正式项目。",
      "{p}于{olympic}进入奥运会。",
    ],
    [
      "{sportStar}是著名的{n}运动员。",
    ],
  ],
  links: [
    "same sportType: {m}也是一项{sportType}[，起源于{m.beganIn}]。",
    "same sportType: {m}同样属于{sportType}。",
    "same beganIn: {m}也起源于{beganIn}[，诞生于{m.sportSince}]。",
    "same venue: {m}的比赛场地也是{venue}。",
    "same players: {m}比赛时每队也有{players}上场。",
    "same equipment: {m}同样需要使用{equipment}[，起源于{m.beganIn}]。",
    "same olympic: {m}也在{olympic}进入奥运会。",
    "same matchLength: 一场{m}比赛也是{matchLength}。",
    "more players: {m}是一项{m.sportType}，比赛时每队有{m.players}上场，比{n}多。",
    "less players: {m}是一项{m.sportType}，比赛时每队有{m.players}上场，比{n}少。",
    "more matchLength: 一场{m}比赛共{m.matchLength}，时间比{n}长。",
    "less matchLength: 一场{m}比赛共{m.matchLength}，时间比{n}短。",
    "{m}是一项{m.sportType}[，起源于{m.beganIn}]。",
    "{m}是起源于{m.beganIn}的一项{m.sportType}。",
    "{m}起源于{m.beganIn}[，诞生于{m.sportSince}]。",
    "{m}属于{m.sportType}。",
    "{m}的比赛场地是{m.venue}[，主要器材是{m.equipment}]。",
  ],
  rows: `
排球|球类运动|-|美国|摩根|1895年|室内球场|6|-|-|-|25|-|使球落在对方场内|郎平|-|1964
沙滩排球|球类运动|沙排|美国|-|20世纪20年代|沙滩|2|-|-|-|21|-|使球落在对方场内|-|-|1996
水球|球类运动|-|英国|-|19世纪|游泳池|7|-|32|-|-|-|把球投进球门|-|-|1900
手球|球类运动|-|欧洲|-|-|室内球场|7|-|60|-|-|-|把球投进球门|-|-|-
冰球|冰上运动|冰上曲棍球|加拿大|-|19世纪|冰场|6|球杆|60|-|-|-|把球打进球门|格雷茨基|-|1920
羽毛球|球类运动|-|英国|-|19世纪|室内球场|-|球拍|-|-|21|-|使球落在对方场内|林丹|球上插的羽毛|1992
高尔夫球|球类运动|-|苏格兰|-|15世纪|草地|-|球杆|-|-|-|-|-|伍兹|-|1900
铁人三项|耐力运动|-|美国|-|20世纪70年代|水面和公路|-|自行车|-|-|-|-|-|-|-|2000
花样游泳|水上运动|水上芭蕾|-|-|20世纪|游泳池|8|-|-|-|-|-|-|-|-|1984
足球|球类运动|-|英国|-|1863年|草地球场|11|-|90|-|-|-|把球射进球门|贝利|-|1900
篮球|球类运动|-|美国|奈史密斯|1891年|木地板球场|5|-|40|-|-|-|把球投进篮筐|姚明|-|1936
乒乓球|球类运动|-|英国|-|19世纪末|-|-|球拍|-|-|11|-|-|邓亚萍|击球的声音|1988
网球|球类运动|-|英国|温菲尔德|19世纪|草地或硬地|-|球拍|-|-|-|-|-|李娜|-|1896
棒球|球类运动|-|美国|-|19世纪|扇形球场|9|球棒和手套|-|9|-|-|跑回本垒|贝比·鲁斯|-|1992
垒球|球类运动|-|美国|汉考克|1887年|扇形球场|9|球棒和手套|-|7|-|-|跑回本垒|-|-|1996
曲棍球|球类运动|-|英国|-|19世纪|人造草坪|11|球杆|60|-|-|-|把球打进球门|-|-|1908
橄榄球|球类运动|-|英国|-|19世纪|草地球场|15|-|80|-|-|-|持球在对方端线后触地|-|球的形状|1900
冰壶|冰上运动|-|苏格兰|-|16世纪|冰场|4|冰刷|-|10|-|-|使石壶靠近圆心|王冰玉|-|-
柔道|格斗运动|-|日本|嘉纳治五郎|1882年|铺垫子的场地|-|-|4|-|-|-|摔倒或制服对方|冼东妹|-|1964
跆拳道|格斗运动|-|朝鲜半岛|-|20世纪|铺垫子的场地|-|护具|-|-|-|-|击中对方|陈中|-|2000
马拉松|田径运动|-|希腊|-|-|公路|-|-|-|-|-|42.195公里|-|基普乔格|希腊的一个地名|1896
短道速滑|冰上运动|-|加拿大|-|-|室内冰场|-|冰刀|-|-|-|-|-|武大靖|-|1992
花样滑冰|冰上运动|-|-|-|-|冰场|-|冰刀|-|-|-|-|-|申雪|-|1908
跳水|水上运动|-|-|-|-|游泳池|-|跳板和跳台|-|-|-|-|-|郭晶晶|-|1904
赛艇|水上运动|-|英国|-|-|平静的水面|-|船桨|-|-|-|2000米|-|-|-|1900
`,
};
