/**
 * Festivals and the twenty-four solar terms: when they are, who set them up and why, what is eaten
 * and done. The dates of solar terms may be off by a day or two.
 */
import type { Table } from "../table.ts";

export const festivals: Table = {
  kind: "festival",
  pronoun: "这个节日",
  which: "(哪个|哪一个)节日",
  compared: "(哪个|哪一个|哪个节日)",
  columns: [
    {
      relation: "date",
      says: ["在{v}", "在每年{v}"],
      reverse: ["{v}是什么节日？", "每年{v}是哪个节日？"],
    },
    { relation: "festivalType", says: ["属于{v}", "是{v}"], reverse: false },
    {
      relation: "festivalAlias",
      says: ["又叫“{v}”", "又称“{v}”"],
      reverse: ["“{v}”指的是哪个节日？"],
    },
    { relation: "beganIn", says: ["起源于{v}"], reverse: false },
    {
      relation: "setUp",
      unit: "年",
      says: ["设立于{v}", "是{v}设立的"],
      compare: ["设立更早", "设立更晚"],
      reverse: false,
    },
    { relation: "setUpBy", says: ["由{v}设立", "是{v}设立的"], reverse: false },
    {
      relation: "festivalCommemorates",
      says: ["是为了纪念{v}而设立的", "纪念的是{v}"],
    },
    { relation: "aim", says: ["旨在{v}", "是为了{v}而设立的"] },
    { relation: "meaning", says: ["象征着{v}", "寓意{v}"] },
    {
      relation: "festivalFood",
      says: ["有吃{v}的传统"],
      reverse: ["人们在哪个节日吃{v}？"],
    },
    {
      relation: "custom",
      says: ["有{v}的活动"],
      reverse: ["人们在哪个节日{v}？"],
    },
    {
      relation: "daysOff",
      says: ["~法定假期为{v}", "法定放假{v}"],
      reverse: false,
      compare: ["法定假期更长", "法定假期更短"],
    },
  ],
  sentences: [
    [
      "first: {n}是{festivalType}[，在每年{date}][，又称“{festivalAlias}”]。",
      "first: {n}是起源于{beganIn}的{festivalType}[，在每年{date}]。",
      "first: {n}是为纪念{festivalCommemorates}而设立的{festivalType}[，在每年{date}]。",
      "first: {n}是{setUpBy}设立的{festivalType}[，在每年{date}]。",
      "{n}在每年{date}[，又称“{festivalAlias}”]。",
    ],
    [
      "{p}在每年{date}。",
      "{p}起源于{beganIn}。",
      "{p}又称“{festivalAlias}”。",
    ],
    [
      "{p}由{setUpBy}于{setUp}设立[，旨在{aim}]。",
      "{p}由{setUpBy}设立[，旨在{aim}]。",
      "{p}设立于{setUp}[，旨在{aim}]。",
      "{p}旨在{aim}。",
    ],
    [
      "{p}是为了纪念{festivalCommemorates}而设立的。",
      "{p}纪念的是{festivalCommemorates}。",
    ],
    [
      "{p}象征着{meaning}。",
      "{p}寓意{meaning}。",
    ],
    [
      "每到{n}，人们会{custom}[，还会吃{festivalFood}]。",
      "{p}的主要活动是{custom}。",
      "{p}的传统食物有{festivalFood}。",
      "人们会在{n}吃{festivalFood}。",
    ],
    [
      "{p}法定放假{daysOff}。",
      "{p}的法定假期为{daysOff}。",
    ],
  ],
  links: [
    "same festivalType: {m}也是{m.festivalType}[，在每年{m.date}]。",
    "same festivalType: {m}在每年{m.date}，同样属于{m.festivalType}。",
    "same setUpBy: {m}在每年{m.date}，同样由{m.setUpBy}设立。",
    "same beganIn: {m}在每年{m.date}，也起源于{m.beganIn}。",
    "same setUp: {m}在每年{m.date}，也设立于{m.setUp}。",
    "more daysOff: {m}在每年{m.date}，法定放假{m.daysOff}，比{n}长。",
    "less daysOff: {m}在每年{m.date}，法定放假{m.daysOff}，比{n}短。",
    "{m}在每年{m.date}[，又称“{m.festivalAlias}”]。",
    "{m}是{m.festivalType}[，在每年{m.date}]。",
    "{m}是为纪念{m.festivalCommemorates}而设立的{m.festivalType}[，在每年{m.date}]。",
  ],
  rows: `
春节|农历正月初一|传统节日|-|中国|-|-|-|-|辞旧迎新|饺子和年糕|贴春联和拜年|4天
中秋节|农历八月十五|传统节日|团圆节|中国|-|-|-|-|家人团圆|月饼|赏月|1天
重阳节|农历九月初九|传统节日|老年节|中国|-|-|-|-|健康长寿|重阳糕|登高和赏菊|-
腊八节|农历十二月初八|传统节日|-|中国|-|-|-|-|-|腊八粥|泡腊八蒜|-
清明节|公历四月五日前后|传统节日|踏青节|中国|-|-|-|-|-|青团|扫墓和踏青|1天
中元节|农历七月十五|传统节日|七月半|中国|-|-|-|-|-|-|祭祖和放河灯|-
元旦|公历一月一日|法定节日|阳历年|-|-|-|-|-|新的开始|-|举行迎新年活动|1天
植树节|公历三月十二日|环保节日|-|-|1979|全国人大常委会|-|绿化国土|-|-|种树|-
青年节|公历五月四日|法定节日|-|-|1949|政务院|五四运动|-|-|-|表彰优秀青年|-
儿童节|公历六月一日|国际节日|-|-|1949|国际民主妇女联合会|-|保障儿童权利|-|-|举办游园活动|-
建军节|公历八月一日|法定节日|-|-|1933|-|南昌起义|-|-|-|慰问军人|-
教师节|公历九月十日|行业节日|-|-|1985|全国人大常委会|-|倡导尊师重教|-|-|向老师送祝福|-
国庆节|公历十月一日|法定节日|-|-|1949|中央人民政府|新中国的成立|-|-|-|举行升旗仪式|3天
记者节|公历十一月八日|行业节日|-|-|2000|国务院|中国青年新闻记者协会的成立|-|-|-|表彰优秀记者|-
万圣节|公历十一月一日|西方节日|诸圣节|欧洲|-|-|所有圣徒|-|-|-|-|-
地球日|公历四月二十二日|环保节日|-|美国|1970|-|-|保护环境|-|-|宣传环保知识|-
世界水日|公历三月二十二日|环保节日|-|-|-|联合国大会|-|保护水资源|-|-|宣传节约用水|-
世界气象日|公历三月二十三日|国际纪念日|-|-|1960|世界气象组织|《世界气象组织公约》的生效|-|-|-|参观气象台|-
`,
};

export const solarTerms: Table = {
  kind: "solar term",
  pronoun: "它",
  which: "(哪个|哪一个)节气",
  compared: "(哪个|哪一个)",
  columns: [
    {
      relation: "termOrder",
      says: ["是二十四节气中的{v}个", "在二十四节气中排{v}"],
      reverse: ["二十四节气中的{v}个是什么？"],
    },
    { relation: "season", says: ["属于{v}", "是{v}的节气"], reverse: false },
    {
      relation: "termDate",
      says: ["一般在{v}", "通常在{v}到来"],
      reverse: ["{v}是什么节气？"],
    },
    {
      relation: "longitude",
      unit: "度",
      says: ["到来时太阳到达黄经{v}"],
      reverse: ["太阳到达黄经{v}时是什么节气？", "太阳到达黄经{v}时是哪个节气？"],
    },
    {
      relation: "previousTerm",
      says: ["紧接在{v}之后", "~前一个节气是{v}"],
    },
    {
      relation: "nextTerm",
      says: ["~后一个节气是{v}", "排在{v}之前"],
    },
    { relation: "termMeaning", says: ["意味着{v}", "表示{v}"] },
    {
      relation: "termCustom",
      says: ["有{v}的习俗"],
      reverse: ["一些地方的人们在哪个节气{v}？"],
    },
  ],
  sentences: [
    [
      "first: {n}是二十四节气中的{termOrder}个节气[，属于{season}]。",
      "first: {n}是二十四节气之一，属于{season}[，意味着{termMeaning}]。",
      "first: {n}是二十四节气之一，一般在每年{termDate}到来。",
      "first: {n}是{season}的节气[，在二十四节气中排{termOrder}]。",
    ],
    [
      "{p}在二十四节气中排{termOrder}[，属于{season}]。",
      "{p}属于{season}。",
    ],
    [
      "{p}一般在每年{termDate}到来[，此时太阳到达黄经{longitude}]。",
      "到{n}这一天，太阳到达黄经{longitude}。",
    ],
    [
      "{p}意味着{termMeaning}。",
      "{p}表示{termMeaning}。",
    ],
    [
      "每到{n}，一些地方有{termCustom}的习俗。",
      "在{n}时节，一些地方有{termCustom}的习俗。",
    ],
    [
      "{p}的前一个节气是{previousTerm}[，后一个节气是{nextTerm}]。",
      "{p}在{previousTerm}之后、{nextTerm}之前。",
      "{p}紧接在{previousTerm}之后。",
      "{p}的下一个节气是{nextTerm}。",
    ],
  ],
  links: [
    "same season: {m}也属于{m.season}[，一般在每年{m.termDate}到来]。",
    "same season: {m}同样是{m.season}的节气[，在二十四节气中排{m.termOrder}]。",
    "same termMeaning: {m}同样意味着{m.termMeaning}[，一般在每年{m.termDate}到来]。",
    "{m}在二十四节气中排{m.termOrder}[，属于{m.season}]。",
    "{m}属于{m.season}[，一般在每年{m.termDate}到来]。",
    "{m}也是二十四节气之一[，一般在每年{m.termDate}到来]。",
  ],
  rows: `
立春|第一|春季|二月四日前后|315|大寒|雨水|春天开始|吃春饼
雨水|第二|春季|二月十九日前后|330|立春|惊蛰|降雨开始增多|-
春分|第四|春季|三月二十一日前后|0|惊蛰|清明|昼夜等长|竖蛋
清明|第五|春季|四月五日前后|15|春分|谷雨|天气晴朗明净|扫墓
谷雨|第六|春季|四月二十日前后|30|清明|立夏|降雨滋润谷物|吃香椿
立夏|第七|夏季|五月六日前后|45|谷雨|小满|夏天开始|斗蛋
小满|第八|夏季|五月二十一日前后|60|立夏|芒种|麦粒开始饱满|吃苦菜
芒种|第九|夏季|六月六日前后|75|小满|夏至|有芒的作物成熟|煮青梅
夏至|第十|夏季|六月二十一日前后|90|芒种|小暑|北半球白天最长|吃面条
小暑|第十一|夏季|七月七日前后|105|夏至|大暑|天气开始炎热|吃新米
大暑|第十二|夏季|七月二十三日前后|120|小暑|立秋|进入一年中最热的时候|喝伏茶
立秋|第十三|秋季|八月八日前后|135|大暑|处暑|秋天开始|贴秋膘
处暑|第十四|秋季|八月二十三日前后|150|立秋|白露|炎热天气结束|吃鸭子
白露|第十五|秋季|九月八日前后|165|处暑|秋分|夜间开始出现露水|吃龙眼
秋分|第十六|秋季|九月二十三日前后|180|白露|寒露|昼夜等长|吃秋菜
寒露|第十七|秋季|十月八日前后|195|秋分|霜降|露水更加寒凉|登高
立冬|第十九|冬季|十一月七日前后|225|霜降|小雪|冬天开始|吃饺子
小雪|第二十|冬季|十一月二十二日前后|240|立冬|大雪|开始降雪|腌菜
大雪|第二十一|冬季|十二月七日前后|255|小雪|冬至|降雪增多|腌肉
冬至|第二十二|冬季|十二月二十二日前后|270|大雪|小寒|北半球白天最短|吃饺子和汤圆
小寒|第二十三|冬季|一月六日前后|285|冬至|大寒|天气更加寒冷|吃菜饭
大寒|第二十四|冬季|一月二十日前后|300|小寒|立春|进入一年中最冷的时候|-
`,
};
