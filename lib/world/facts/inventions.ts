/** Inventions: what they are, who made them and when, how they work, what for. */
import type { Table } from "../table.ts";

export const inventions: Table = {
  kind: "invention",
  pronoun: "它",
  which: "(哪项|哪一项)发明",
  compared: "(哪个|哪一个|哪种)",
  columns: [
    { relation: "inventionKind", says: ["是一种{v}", "是{v}"], reverse: false },
    {
      relation: "inventor",
      says: ["~发明者是{v}", "出自{v}之手"],
      reverse: ["{v}发明了什么？", "{v}有什么发明？"],
    },
    {
      relation: "inventorJob",
      says: ["~发明者是一名{v}", "由一名{v}发明"],
      reverse: false,
    },
    {
      relation: "inventorCountry",
      says: ["由{v}人发明", "是{v}人的发明", "~发明者来自{v}"],
      reverse: false,
    },
    {
      relation: "invented",
      unit: "年",
      says: ["发明于{v}", "是{v}发明的"],
      compare: ["发明更早", "发明更晚", "出现更早", "出现更晚"],
      reverse: false,
    },
    {
      relation: "principle",
      says: ["~基本原理是{v}", "~工作原理是{v}"],
      reverse: ["(哪种|哪一种)发明的基本原理是{v}？"],
    },
    { relation: "components", says: ["由{v}组成", "主要由{v}组成"] },
    {
      relation: "use",
      says: ["可以用来{v}", "常用来{v}", "主要用于{v}"],
      reverse: ["人们用(什么|什么东西|哪种东西)来{v}？"],
    },
    {
      relation: "replaced",
      says: ["取代了{v}", "逐渐取代了{v}"],
      reverse: ["{v}逐渐被(什么|什么东西|哪种东西)取代？"],
    },
    { relation: "inventionEffect", says: ["~出现{v}"] },
  ],
  sentences: [
    [
      "first: {n}是一种{inventionKind}[，可以用来{use}]。",
      "first: {n}是{inventorCountry}{inventorJob}{inventor}[于{invented}]发明的{inventionKind}。",
      "first: {n}是{inventorCountry}的{inventor}[于{invented}]发明的{inventionKind}。",
      "first: {n}是[{inventorJob}]{inventor}[于{invented}]发明的{inventionKind}。",
      "{n}是一种{inventionKind}。",
    ],
    [
      "{p}由{inventorCountry}{inventorJob}{inventor}[于{invented}]发明。",
      "{p}由{inventorCountry}的{inventor}[于{invented}]发明。",
      "{p}由[{inventorJob}]{inventor}[于{invented}]发明。",
      "{p}的发明者是一名[{inventorCountry}]{inventorJob}。",
      "{p}发明于{invented}。",
    ],
    [
      "{p}是{inventorCountry}的一项发明。",
    ],
    [
      "{p}主要由{components}组成。",
    ],
    [
      "{p}的基本原理是{principle}。",
      "{p}的工作原理是{principle}。",
    ],
    [
      "{p}可以用来{use}。",
      "{p}主要用于{use}。",
    ],
    [
      "{p}出现后逐渐取代了{replaced}。",
    ],
    [
      "{p}的出现{inventionEffect}。",
      "{p}的发明{inventionEffect}。",
    ],
  ],
  links: [
    "same inventionKind: {m}也是一种{inventionKind}[，由{m.inventor}发明]。",
    "same inventorCountry: {m}也是{inventorCountry}的一项发明。",
    "same inventorJob: {m}的发明者{m.inventor}也是一名{inventorJob}。",
    "same invented: {m}也发明于{invented}。",
    "{m}是一种{m.inventionKind}[，可以用来{m.use}]。",
    "{m}是{m.inventor}发明的{m.inventionKind}。",
    "{m}由{m.inventor}[于{m.invented}]发明。",
    "{m}是{m.inventorCountry}的一项发明[，诞生于{m.invented}]。",
  ],
  rows: `
电话|通信工具|贝尔|聋哑人教师|-|1876|声音与电流的转换|话筒和听筒|远距离通话|-|-
电报机|通信工具|莫尔斯|画家|美国|1837|电流的磁效应|-|传送文字信息|-|加快了消息的传递
飞机|交通工具|莱特兄弟|-|美国|1903|机翼产生升力|机身、机翼和尾翼|运送旅客和货物|-|缩短了长途旅行的时间
温度计|仪器|伽利略|科学家|意大利|1593|热胀冷缩|-|测量体温和气温|-|-
电池|化学电源|伏特|物理学家|意大利|1800|化学反应产生电流|电极和电解质|为电器供电|-|-
无线电报|通信技术|马可尼|-|意大利|-|利用电磁波传递信号|发射机和接收机|传递信息|-|使海上船只能随时求救
显微镜|光学仪器|-|眼镜匠|荷兰|-|透镜的放大作用|目镜、物镜和镜筒|观察微小物体|-|让人们看到了细菌
摆钟|计时工具|惠更斯|物理学家|荷兰|1656|摆的等时性|摆锤、齿轮和指针|显示时间|-|提高了计时的精度
汽车|交通工具|卡尔·本茨|工程师|德国|1885|-|发动机、底盘和车身|运送人员和货物|马车|改变了人们的出行方式
摩托车|交通工具|戴姆勒|工程师|德国|1885|发动机驱动车轮|发动机、车架和车轮|短途出行|-|-
柴油机|动力机械|狄塞尔|工程师|德国|-|压缩空气点燃燃料|气缸、活塞和曲轴|驱动船舶和卡车|-|-
印刷机|机械设备|古登堡|金匠|德国|-|活字压印|-|批量制作书籍|手工抄写|推动了知识的传播
安全炸药|爆炸物|诺贝尔|化学家|瑞典|1867|-|硝化甘油和硅藻土|开山采矿|-|减少了运输时的事故
火柴|取火工具|沃克|药剂师|英国|1826|摩擦生热|药头和木杆|点燃灯烛|火石|-
电动机|动力机械|法拉第|物理学家|英国|1821|磁场对电流的作用|定子和转子|驱动机器|-|-
蒸汽机车|交通工具|特里维西克|工程师|英国|1804|蒸汽推动活塞|锅炉、汽缸和车轮|牵引列车|-|-
电视机|家用电器|贝尔德|工程师|英国|1925|把电信号还原成图像|-|收看节目|-|让人们在家中看到新闻画面
热气球|飞行器|蒙戈尔菲耶兄弟|-|法国|1783|热空气上升|球囊和吊篮|载人升空|-|实现了人类飞天的愿望
电影机|光学设备|卢米埃尔兄弟|-|法国|1895|视觉暂留|-|拍摄和放映影片|-|催生了电影产业
活字印刷术|工艺技术|毕昇|平民工匠|中国|-|用单字排版|-|批量印书|-|提高了印书的效率
火药|混合物|-|-|中国|-|燃烧产生大量气体|硝石、硫黄和木炭|制造烟花|-|改变了战争的方式
算盘|计算工具|-|-|中国|-|用珠子表示数字|木框、横梁和珠子|算账|算筹|-
魔方|益智玩具|鲁比克|建筑学教授|匈牙利|1974|各层绕轴转动|小方块和转轴|锻炼空间想象力|-|-
圆珠笔|文具|比罗|记者|匈牙利|1938|滚珠带出油墨|笔杆、笔芯和滚珠|写字|-|-
拉链|连接件|贾德森|工程师|美国|1893|链牙互相咬合|链牙、拉头和布带|开合衣物和箱包|-|-
安全电梯|升降设备|奥的斯|机械师|美国|1852|断绳时自动卡住|-|载人上下楼|-|推动了高楼的建造
空调|家用电器|开利|工程师|美国|1902|制冷剂吸热和放热|压缩机和换热器|调节室内温度|-|-
手机|移动通信设备|马丁·库珀|工程师|美国|1973|利用无线电波传递信号|屏幕、电池和芯片|随时随地通话|-|让人们摆脱了电话线
心电图机|医疗仪器|爱因托芬|生理学家|荷兰|1903|记录心脏的电信号|-|检查心脏疾病|-|-
`,
};
