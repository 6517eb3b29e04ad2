/** Moons: orbits, sizes, discoverers. Numbers are rounded. */
import type { Table } from "../table.ts";

export const moons: Table = {
  kind: "moon",
  pronoun: "它",
  which: "(哪颗|哪一颗)卫星",
  compared: "(哪颗|哪一颗)",
  columns: [
    { relation: "planetOf", says: ["是{v}的卫星", "绕{v}运行", "围绕{v}转动"], reverse: false },
    { relation: "alias", says: ["又名{v}", "又叫{v}"] },
    {
      relation: "discoverer",
      says: ["由{v}发现", "是{v}发现的", "~发现者是{v}"],
      reverse: false,
    },
    {
      relation: "discovered",
      unit: "年",
      says: ["在{v}被发现", "是{v}发现的"],
      compare: ["发现得更早", "发现得更晚"],
      reverse: false,
    },
    {
      relation: "diameter",
      unit: "公里",
      says: ["~直径约为{v}", "直径约{v}"],
      compare: ["更大", "更小", "直径更大", "直径更小"],
    },
    {
      relation: "moonPeriod",
      unit: "天",
      says: ["公转一周约需{v}", "~公转周期约为{v}"],
      compare: ["公转周期更长", "公转周期更短"],
    },
    { relation: "namedFrom", says: ["~西方名称出自{v}"], reverse: false },
    { relation: "feature", says: ["以{v}闻名", "~特征是{v}"] },
    {
      relation: "photographedBy",
      says: ["曾被{v}近距离拍摄"],
      reverse: false,
    },
  ],
  sentences: [
    [
      "first: {n}是{planetOf}的一颗卫星[，又名{alias}]。",
      "first: {n}是{planetOf}的一颗卫星，由天文学家{discoverer}于{discovered}发现。",
      "first: {n}又名{alias}，是{planetOf}的一颗卫星。",
      "{n}是{planetOf}的卫星[，公转一周约需{moonPeriod}]。",
      "{n}又名{alias}。",
    ],
    [
      "{n}由天文学家{discoverer}[于{discovered}]发现。",
      "{n}于{discovered}被发现[，发现者是{discoverer}]。",
    ],
    [
      "{p}又名{alias}。",
      "{p}的西方名称出自{namedFrom}。",
      "{p}的西方名称取自{namedFrom}中的人物。",
    ],
    [
      "{p}的直径约为{diameter}。",
      "{p}的直径约为{diameter}[，公转周期约为{moonPeriod}]。",
      "{p}公转一周约需{moonPeriod}。",
    ],
    [
      "{p}以{feature}闻名。",
      "{p}最突出的特征是{feature}。",
    ],
    [
      "{p}曾被{photographedBy}近距离拍摄。",
      "{photographedBy}曾近距离拍摄过{n}。",
    ],
  ],
  links: [
    "same planetOf: {m}也是{planetOf}的卫星[，由{m.discoverer}发现]。",
    "same planetOf: {m}同样是{planetOf}的卫星[，直径约{m.diameter}]。",
    "same discoverer: {m}是{m.planetOf}的卫星，也由{discoverer}发现。",
    "same discovered: {m}也是在{discovered}被发现的[，又名{m.alias}]。",
    "{m}是{m.planetOf}的卫星[，又名{m.alias}]。",
    "{m}是{m.planetOf}的卫星[，直径约{m.diameter}]。",
    "{m}由天文学家{m.discoverer}[于{m.discovered}]发现。",
    "{m}又名{m.alias}[，是{m.planetOf}的卫星]。",
  ],
  rows: `
月球|地球|月亮|-|-|3480|27.3|-|表面的环形山|-
火卫一|火星|福波斯|霍尔|1877|22|0.3|希腊神话|巨大的斯蒂克尼陨石坑|水手九号
火卫二|火星|得摩斯|霍尔|1877|12|1.3|希腊神话|-|海盗二号
木卫一|木星|伊奥|伽利略|1610|3640|1.8|希腊神话|活跃的火山|旅行者一号
木卫二|木星|欧罗巴|伽利略|1610|3120|3.6|希腊神话|冰层下的海洋|旅行者二号
木卫三|木星|盖尼米德|伽利略|1610|5270|7.2|希腊神话|巨大的体积|旅行者二号
木卫四|木星|卡利斯托|伽利略|1610|4820|16.7|希腊神话|密布的撞击坑|旅行者一号
木卫五|木星|阿马尔塞|巴纳德|1892|-|0.5|希腊神话|偏红的表面|旅行者一号
木卫六|木星|希玛利亚|珀赖因|1904|-|250|希腊神话|-|-
土卫一|土星|米玛斯|赫歇尔|1789|400|0.9|希腊神话|巨大的赫歇尔撞击坑|卡西尼号
土卫二|土星|恩克拉多斯|赫歇尔|1789|500|1.4|希腊神话|南极喷出的水汽|卡西尼号
土卫三|土星|特提斯|卡西尼|1684|1060|1.9|希腊神话|巨大的伊萨卡峡谷|旅行者二号
土卫四|土星|狄俄涅|卡西尼|1684|1120|2.7|希腊神话|明亮的冰崖|旅行者一号
土卫五|土星|瑞亚|卡西尼|1672|1530|4.5|希腊神话|-|旅行者一号
土卫六|土星|泰坦|惠更斯|1655|5150|15.9|希腊神话|浓厚的大气|旅行者一号
土卫七|土星|许珀里翁|邦德|1848|-|21.3|希腊神话|海绵般的外观|卡西尼号
土卫八|土星|伊阿珀托斯|卡西尼|1671|1470|79.3|希腊神话|一明一暗的两个半球|旅行者二号
土卫九|土星|菲比|皮克林|-|210|550|希腊神话|遥远而逆行的轨道|卡西尼号
天卫一|天王星|艾瑞尔|拉塞尔|1851|1160|2.5|-|明亮的表面|旅行者二号
天卫二|天王星|乌姆柏里厄尔|拉塞尔|1851|1170|4.1|长诗《夺发记》|暗淡的表面|旅行者二号
天卫三|天王星|泰坦尼亚|赫歇尔|1787|1580|8.7|《仲夏夜之梦》|-|旅行者二号
天卫四|天王星|奥伯龙|赫歇尔|1787|1520|13.5|《仲夏夜之梦》|-|旅行者二号
天卫五|天王星|米兰达|柯伊伯|1948|470|1.4|《暴风雨》|高耸的维罗纳断崖|旅行者二号
海卫一|海王星|特里同|拉塞尔|1846|2710|5.9|希腊神话|逆行的轨道|旅行者二号
海卫二|海王星|涅瑞伊德|柯伊伯|1949|-|360|希腊神话|极扁的轨道|-
海卫八|海王星|普罗透斯|-|1989|420|1.1|希腊神话|-|旅行者二号
`,
};
