/** Planets, dwarf planets and asteroids: orbits, discoverers, visitors. Numbers are rounded. */
import type { Table } from "../table.ts";

export const planets: Table = {
  kind: "planet",
  pronoun: "它",
  which: "(哪颗星|哪个天体)",
  compared: "(哪颗|哪一颗)",
  columns: [
    { relation: "celestialType", says: ["是一颗{v}", "属于{v}"], reverse: false },
    {
      relation: "order",
      says: ["是太阳系由内向外的第{v}颗行星"],
      reverse: ["太阳系由内向外的第{v}颗行星是(哪颗|哪一颗)？"],
    },
    { relation: "zone", says: ["位于{v}"], reverse: false },
    {
      relation: "discoverer",
      says: ["由{v}发现", "是{v}发现的", "~发现者是{v}"],
      reverse: ["{v}发现了(哪颗星|哪个天体)？"],
    },
    {
      relation: "discovered",
      unit: "年",
      says: ["在{v}被发现", "是{v}发现的"],
      compare: ["发现得更早", "发现得更晚"],
      reverse: false,
    },
    {
      relation: "sunDistance",
      unit: "亿公里",
      says: ["离太阳约{v}", "与太阳的平均距离约为{v}"],
      compare: ["离太阳更近", "离太阳更远"],
    },
    { relation: "orbit", says: ["公转一周约需{v}", "绕太阳一圈约需{v}", "~公转周期约为{v}"] },
    { relation: "rotation", says: ["自转一周约需{v}", "~自转周期约为{v}"] },
    {
      relation: "diameter",
      unit: "公里",
      says: ["~直径约为{v}", "直径约{v}"],
      compare: ["更大", "更小", "直径更大", "直径更小"],
    },
    {
      relation: "moonCount",
      unit: "颗",
      says: ["有{v}卫星"],
      compare: ["卫星更多", "卫星更少"],
      reverse: false,
    },
    { relation: "godName", says: ["~西方名称来自{v}"] },
    { relation: "feature", says: ["以{v}闻名"] },
    {
      relation: "firstProbe",
      says: ["最早由{v}近距离考察"],
      reverse: ["{v}首次近距离考察了(哪颗星|哪个天体)？"],
    },
    {
      relation: "probed",
      unit: "年",
      says: ["在{v}首次迎来探测器", "在{v}首次被探测器考察"],
      compare: ["迎来探测器的时间更早", "迎来探测器的时间更晚"],
      reverse: false,
    },
  ],
  sentences: [
    [
      "first: {n}是太阳系中的一颗{celestialType}[，位于{zone}]。",
      "first: {n}是太阳系由内向外的第{order}颗行星[，属于{celestialType}]。",
      "{n}是一颗{celestialType}[，位于{zone}]。",
      "{n}是太阳系由内向外的第{order}颗行星。",
      "{n}位于{zone}。",
    ],
    [
      "{p}由天文学家{discoverer}[于{discovered}]发现。",
      "{p}于{discovered}被发现。",
    ],
    [
      "{p}的西方名称来自{godName}。",
      "{p}在西方以{godName}的名字命名。",
    ],
    [
      "{p}与太阳的平均距离约为{sunDistance}[，公转一周约需{orbit}]。",
      "{p}公转一周约需{orbit}[，自转一周约需{rotation}]。",
    ],
    [
      "{p}自转一周约需{rotation}。",
    ],
    [
      "{p}的直径约为{diameter}。",
    ],
    [
      "{p}有{moonCount}卫星。",
    ],
    [
      "{p}以{feature}闻名。",
      "{p}最突出的特征是{feature}。",
    ],
    [
      "{probed}，{firstProbe}首次近距离考察了{n}。",
      "最早近距离考察{n}的探测器是{firstProbe}。",
      "{p}于{probed}首次被探测器近距离考察。",
    ],
  ],
  links: [
    "same celestialType: {m}同样是一颗{celestialType}[，直径约{m.diameter}]。",
    "same zone: {m}也位于{zone}[，直径约{m.diameter}]。",
    "same discoverer: {m}也由{discoverer}发现。",
    "same firstProbe: 最早近距离考察{m}的探测器也是{firstProbe}。",
    "more sunDistance: {m}与太阳的平均距离约为{m.sunDistance}，比{n}远。",
    "less sunDistance: {m}与太阳的平均距离约为{m.sunDistance}，比{n}近。",
    "more diameter: {m}是一颗{m.celestialType}，直径约{m.diameter}，比{n}大。",
    "less diameter: {m}是一颗{m.celestialType}，直径约{m.diameter}，比{n}小。",
    "{m}是太阳系中的一颗{m.celestialType}[，公转一周约需{m.orbit}]。",
    "{m}是太阳系中的一颗{m.celestialType}[，直径约{m.diameter}]。",
    "{m}与太阳的平均距离约为{m.sunDistance}[，公转一周约需{m.orbit}]。",
  ],
  rows: `
水星|类地行星|一|-|-|-|0.58|88天|58.6天|4880|-|罗马神使墨丘利|密布的撞击坑|水手十号|1974
金星|类地行星|二|-|-|-|1.08|225天|243天|12100|-|罗马爱神维纳斯|强烈的温室效应|水手二号|1962
地球|类地行星|三|-|-|-|1.5|365天|24小时|12700|1|-|表面的海洋与生命|-|-
火星|类地行星|四|-|-|-|2.28|687天|24.6小时|6780|2|罗马战神马尔斯|红色的地表|水手四号|1965
木星|气态巨行星|五|-|-|-|7.78|12年|9.9小时|14万|-|罗马主神朱庇特|大红斑|先驱者十号|1973
土星|气态巨行星|六|-|-|-|14.3|29.5年|10.7小时|12万|-|罗马农神萨图恩|明亮的光环|先驱者十一号|1979
天王星|冰巨星|七|-|赫歇尔|1781|28.7|84年|17.2小时|5.1万|-|希腊天神乌拉诺斯|几乎横躺的自转轴|旅行者二号|1986
海王星|冰巨星|八|-|伽勒|1846|45|165年|16.1小时|4.9万|-|罗马海神尼普顿|极快的风速|旅行者二号|1989
谷神星|矮行星|-|小行星带|皮亚齐|1801|4.1|4.6年|9.1小时|940|-|罗马谷神刻瑞斯|明亮的白斑|黎明号|2015
冥王星|矮行星|-|柯伊伯带|汤博|1930|59|248年|6.4天|2380|5|罗马冥王普路托|心形的冰原|新视野号|2015
阋神星|矮行星|-|-|布朗|2005|101|560年|-|2330|1|希腊女神厄里斯|-|-|-
妊神星|矮行星|-|柯伊伯带|-|-|64|284年|3.9小时|-|2|夏威夷女神哈乌美亚|橄榄球般的外形|-|-
鸟神星|矮行星|-|柯伊伯带|布朗|2005|68|306年|-|1430|1|复活节岛创世神|-|-|-
智神星|小行星|-|小行星带|奥伯斯|1802|4.1|4.6年|7.8小时|510|-|希腊女神帕拉斯|倾斜很大的轨道|-|-
婚神星|小行星|-|小行星带|哈丁|1804|4|4.4年|7.2小时|-|-|罗马天后朱诺|-|-|-
灶神星|小行星|-|小行星带|奥伯斯|1807|3.5|3.6年|5.3小时|525|-|罗马灶神维斯塔|南极的巨大盆地|黎明号|2011
`,
};
