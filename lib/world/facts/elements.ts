/**
 * Chemical elements: sort, symbol, place in the periodic table, the pure substance, discovery, use.
 * 金元素 and not 金: a name of one character would be found within other words.
 */
import type { Table } from "../table.ts";

export const elements: Table = {
  kind: "element",
  pronoun: "它",
  which: "(哪种|哪一种|哪个)元素",
  compared: "(哪种|哪个|哪一种)",
  columns: [
    { relation: "elementType", says: ["是一种{v}", "是{v}"], reverse: false },
    {
      relation: "symbol",
      says: ["~元素符号是{v}", "用{v}表示"],
      reverse: ["{v}是(哪种|哪个|什么)元素的符号？"],
    },
    {
      relation: "atomicNumber",
      says: ["~原子序数是{v}", "~原子序数为{v}"],
      compare: ["原子序数更大", "原子序数更小"],
    },
    { relation: "elementPeriod", says: ["位于{v}", "在{v}"], reverse: false },
    {
      relation: "state",
      says: ["~单质在常温下是{v}"],
      reverse: false,
    },
    { relation: "elementColor", says: ["~单质是{v}的"], reverse: false },
    {
      relation: "discoverer",
      says: ["由{v}发现", "~发现者是{v}", "是{v}发现的"],
      reverse: ["{v}发现了(哪种元素|什么元素)？"],
    },
    {
      relation: "discovered",
      unit: "年",
      says: ["于{v}被发现", "是{v}发现的"],
      compare: ["发现得更早", "发现得更晚", "发现更早", "发现更晚"],
      reverse: false,
    },
    {
      relation: "nameMeaning",
      says: ["~外文名称原意是{v}", "~外文名称的原意是{v}"],
    },
    {
      relation: "elementSource",
      says: ["存在于{v}中"],
      reverse: false,
    },
    {
      relation: "elementFeature",
      says: ["~单质是{v}"],
      reverse: ["{v}是(哪种|什么)元素的单质？"],
    },
    {
      relation: "abundance",
      says: ["是{v}"],
      reverse: ["{v}是(什么|哪种元素|什么元素)？"],
    },
    {
      relation: "elementUse",
      says: ["~单质可以用来{v}", "~单质常用来{v}"],
      reverse: false,
    },
  ],
  sentences: [
    [
      "first: {n}是一种{elementType}[，元素符号是{symbol}]。",
      "first: {n}是元素周期表{elementPeriod}的{elementType}[，元素符号是{symbol}]。",
      "{n}是一种{elementType}[，位于元素周期表{elementPeriod}]。",
      "{n}的元素符号是{symbol}[，原子序数是{atomicNumber}]。",
    ],
    [
      "{p}位于元素周期表{elementPeriod}[，原子序数是{atomicNumber}]。",
      "{p}的原子序数是{atomicNumber}。",
    ],
    [
      "{p}由{discoverer}[于{discovered}]发现。",
      "{p}于{discovered}被发现。",
    ],
    [
      "{p}的外文名称原意是“{nameMeaning}”。",
    ],
    [
      "{p}是{abundance}。",
    ],
    [
      "{p}存在于{elementSource}中。",
    ],
    [
      "{p}的单质在常温下是{elementColor}{state}。",
      "{p}的单质在常温下是{state}。",
      "{p}的单质是{elementColor}的。",
    ],
    [
      "{p}的单质是{elementFeature}。",
    ],
    [
      "{p}的单质常用来{elementUse}。",
      "{p}的单质可以用来{elementUse}。",
    ],
  ],
  links: [
    "same elementType: {m}也是一种{elementType}[，元素符号是{m.symbol}]。",
    "same elementPeriod: {m}也位于元素周期表{elementPeriod}[，原子序数是{m.atomicNumber}]。",
    "same discoverer: {m}也由{discoverer}发现。",
    "same discovered: {m}也是在{discovered}被发现的。",
    "same state: {m}是一种{m.elementType}，单质在常温下也是{state}。",
    "same elementSource: {m}是一种{m.elementType}，也存在于{elementSource}中。",
    "more atomicNumber: {m}是一种{m.elementType}，原子序数是{m.atomicNumber}，比{n}的原子序数大。",
    "less atomicNumber: {m}是一种{m.elementType}，原子序数是{m.atomicNumber}，比{n}的原子序数小。",
    "{m}是一种{m.elementType}[，元素符号是{m.symbol}]。",
    "{m}是一种{m.elementType}[，位于元素周期表{m.elementPeriod}]。",
    "{m}的元素符号是{m.symbol}[，原子序数是{m.atomicNumber}]。",
    "{m}位于元素周期表{m.elementPeriod}[，元素符号是{m.symbol}]。",
  ],
  rows: `
氢元素|非金属元素|H|1|第一周期|气体|无色|卡文迪许|1766|生成水|水|密度最小的气体|宇宙中含量最多的元素|制造火箭燃料
氦元素|稀有气体元素|He|2|第一周期|气体|无色|-|1868|太阳|-|沸点最低的物质|-|填充气球
锂元素|金属元素|Li|3|第二周期|固体|银白色|阿韦德松|1817|石头|-|密度最小的金属|-|制造电池
碳元素|非金属元素|C|6|第二周期|固体|-|-|-|-|煤和有机物|-|-|制造铅笔芯
氮元素|非金属元素|N|7|第二周期|气体|无色|丹尼尔·卢瑟福|1772|-|空气|-|大气中含量最多的元素|制造化肥
氧元素|非金属元素|O|8|第二周期|气体|无色|-|-|产生酸|-|-|地壳中含量最多的元素|炼钢和急救病人
氖元素|稀有气体元素|Ne|10|第二周期|气体|无色|-|1898|-|空气|-|-|制造霓虹灯
钠元素|金属元素|Na|11|第三周期|固体|银白色|戴维|1807|-|食盐和海水|-|-|制造路灯
镁元素|金属元素|Mg|12|第三周期|固体|银白色|-|-|-|叶绿素和海水|-|-|制造轻质合金
铝元素|金属元素|Al|13|第三周期|固体|银白色|奥斯特|1825|-|铝土矿|-|地壳中含量最多的金属元素|制造飞机外壳和易拉罐
硅元素|非金属元素|Si|14|第三周期|固体|-|贝采利乌斯|-|-|沙子和岩石|-|-|制造芯片
磷元素|非金属元素|P|15|第三周期|固体|-|布兰德|1669|带来光明|骨骼和牙齿|-|-|-
硫元素|非金属元素|S|16|第三周期|固体|黄色|-|-|-|石膏|-|-|制造火药和橡胶
氯元素|非金属元素|Cl|17|第三周期|气体|黄绿色|舍勒|1774|-|海水和盐矿|-|-|给自来水消毒
钾元素|金属元素|K|19|第四周期|固体|银白色|戴维|1807|-|草木灰|-|-|-
钙元素|金属元素|Ca|20|第四周期|固体|银白色|戴维|1808|石灰|骨骼和牙齿|-|人体中含量最多的金属元素|-
钛元素|金属元素|Ti|22|第四周期|固体|银白色|格雷戈尔|1791|神话中的巨人|-|-|-|制造飞机和人造关节
铁元素|金属元素|Fe|26|第四周期|固体|银白色|-|-|-|血红蛋白|使用最广泛的金属|-|炼钢
铜元素|金属元素|Cu|29|第四周期|固体|紫红色|-|-|塞浦路斯的金属|-|-|-|制造电线
锌元素|金属元素|Zn|30|第四周期|固体|蓝白色|-|-|-|-|-|-|防止钢铁生锈
溴元素|非金属元素|Br|35|第四周期|液体|红棕色|巴拉尔|1826|恶臭|海水和盐湖|-|-|-
银元素|金属元素|Ag|47|第五周期|固体|银白色|-|-|-|-|导电性最好的金属|-|制造首饰和餐具
锡元素|金属元素|Sn|50|第五周期|固体|银白色|-|-|-|锡石|-|-|焊接和制造罐头盒
碘元素|非金属元素|I|53|第五周期|固体|紫黑色|库尔图瓦|1811|紫色|海带|-|-|给伤口消毒
钨元素|金属元素|W|74|第六周期|固体|-|-|-|沉重的石头|-|熔点最高的金属|-|制造灯丝
铂元素|金属元素|Pt|78|第六周期|固体|银白色|-|-|小银子|-|-|-|制造首饰和催化剂
金元素|金属元素|Au|79|第六周期|固体|金黄色|-|-|-|-|延展性最好的金属|-|制造首饰和货币
汞元素|金属元素|Hg|80|第六周期|液体|银白色|-|-|液态的银|-|熔点最低的金属|-|制造温度计
铅元素|金属元素|Pb|82|第六周期|固体|-|-|-|-|-|-|-|制造蓄电池和阻挡射线
镭元素|金属元素|Ra|88|第七周期|固体|-|居里夫妇|1898|射线|-|-|-|治疗癌症
`,
};
