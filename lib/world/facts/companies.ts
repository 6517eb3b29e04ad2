/** Companies: home, trade, founder, years, seat, products, names and marks. */
import type { Table } from "../table.ts";

export const companies: Table = {
  kind: "company",
  pronoun: "它",
  which: "(哪家|哪一家)(公司|企业)",
  compared: "(哪家|哪一家|哪个)",
  columns: [
    {
      relation: "companyCountry",
      says: ["是{v}企业", "是一家{v}企业"],
      reverse: false,
    },
    { relation: "industry", says: ["属于{v}行业", "是一家{v}企业"], reverse: false },
    {
      relation: "founder",
      says: ["由{v}创立", "~创始人是{v}"],
      reverse: ["{v}创立了(哪家公司|哪家企业)？", "{v}是(哪家公司|哪家企业)的创始人？"],
    },
    {
      relation: "founded",
      unit: "年",
      says: ["成立于{v}", "是{v}成立的"],
      compare: ["成立更早", "成立更晚", "成立得更早", "成立得更晚"],
      reverse: false,
    },
    { relation: "foundedIn", says: ["创立于{v}", "是在{v}创立的"] },
    { relation: "formerName", says: ["原名{v}", "~原名是{v}"] },
    {
      relation: "headquarters",
      says: ["~总部在{v}", "~总部设在{v}"],
      reverse: false,
    },
    {
      relation: "firstProduct",
      says: ["以{v}起家", "是以{v}起家的"],
    },
    { relation: "product", says: ["~主要产品是{v}"], reverse: false },
    {
      relation: "famousProduct",
      says: ["推出了{v}"],
      reverse: ["{v}是(哪家公司|哪家企业)推出的？", "{v}是(哪家公司|哪家企业)的产品？"],
    },
    {
      relation: "listed",
      unit: "年",
      says: ["于{v}上市", "是{v}上市的"],
      compare: ["上市更早", "上市更晚"],
      reverse: false,
    },
    { relation: "logo", says: ["以{v}为标志", "~标志是{v}"] },
    { relation: "companyNameOrigin", says: ["~名称来自{v}", "得名于{v}"], reverse: false },
  ],
  sentences: [
    [
      "first: {n}是{companyCountry}的一家{industry}企业[，成立于{founded}]。",
      "first: {n}是{companyCountry}企业[，成立于{founded}][，总部设在{headquarters}]。",
      "first: {n}是一家{industry}企业[，总部设在{headquarters}]。",
      "{n}是一家{companyCountry}企业[，总部设在{headquarters}]。",
      "{n}是一家{industry}企业。",
    ],
    [
      "{p}由{founder}[于{founded}]创立。",
      "{p}于{founded}在{foundedIn}成立。",
      "{p}成立于{founded}[，原名{formerName}]。",
      "{p}创立于{foundedIn}[，如今总部设在{headquarters}]。",
    ],
    [
      "{p}原名{formerName}。",
    ],
    [
      "{p}的名称来自{companyNameOrigin}。",
    ],
    [
      "{p}以{logo}为标志。",
      "{p}的标志是{logo}。",
    ],
    [
      "{p}以{firstProduct}起家[，如今的主要产品是{product}]。",
      "{p}的主要产品是{product}。",
    ],
    [
      "{p}推出了著名的{famousProduct}。",
    ],
    [
      "{p}的总部位于{headquarters}。",
      "{p}的总部设在{headquarters}。",
    ],
    [
      "{p}于{listed}上市。",
    ],
  ],
  links: [
    "same companyCountry: {m}也是一家{companyCountry}企业[，总部位于{m.headquarters}]。",
    "same companyCountry: {m}也是{companyCountry}企业[，由{m.founder}创立]。",
    "same industry: {m}也是一家{industry}企业[，成立于{m.founded}]。",
    "same headquarters: {m}的总部也在{headquarters}。",
    "same product: {m}的主要产品也是{product}。",
    "same companyNameOrigin: {m}的名称也来自{companyNameOrigin}。",
    "{m}是一家{m.companyCountry}企业[，总部位于{m.headquarters}]。",
    "{m}是{m.companyCountry}的一家{m.industry}企业[，由{m.founder}创立]。",
    "{m}由{m.founder}创立[，总部设在{m.headquarters}]。",
    "{m}是一家{m.industry}企业[，成立于{m.founded}]。",
    "{m}成立于{m.founded}[，总部设在{m.headquarters}]。",
  ],
  rows: `
华为公司|中国|通信|任正非|1987|-|-|深圳|电话交换机|通信设备|鸿蒙系统|-|-|-
阿里巴巴|中国|电子商务|马云|1999|-|-|杭州|-|-|淘宝网|2014|-|阿拉伯民间故事
百度公司|中国|互联网|李彦宏|2000|-|-|北京|-|搜索引擎|-|2005|熊掌|辛弃疾的词句
小米公司|中国|电子|雷军|2010|-|-|北京|手机操作系统|手机|-|2018|-|-
联想公司|中国|信息技术|柳传志|1984|-|-|北京|汉卡|电脑|-|1994|-|-
格力公司|中国|家电|-|1991|-|-|珠海|-|空调|-|1996|-|-
海尔公司|中国|家电|张瑞敏|1984|-|青岛电冰箱总厂|青岛|电冰箱|冰箱和洗衣机|-|1993|-|-
美的公司|中国|家电|何享健|1968|-|-|佛山|塑料瓶盖|空调和小家电|-|-|-|-
中兴公司|中国|通信|侯为贵|1985|-|-|深圳|-|通信设备|-|1997|-|-
大疆公司|中国|航空科技|汪滔|2006|-|-|深圳|-|无人机|-|-|-|-
吉利公司|中国|汽车制造|李书福|1986|-|-|杭州|电冰箱配件|汽车|-|-|-|-
奇瑞公司|中国|汽车制造|-|1997|-|-|芜湖|-|汽车|-|-|-|-
第一汽车公司|中国|汽车制造|-|1953|-|-|长春|解放牌卡车|汽车|红旗轿车|-|-|-
东风汽车公司|中国|汽车制造|-|1969|十堰|第二汽车制造厂|武汉|-|汽车|-|-|-|-
苹果公司|美国|电子|乔布斯等人|1976|-|-|库比蒂诺|-|手机和电脑|-|1980|被咬了一口的苹果|-
特斯拉公司|美国|汽车制造|埃伯哈德等人|2003|-|-|奥斯汀|电动跑车|电动汽车|-|2010|-|一位发明家的姓氏
英特尔公司|美国|半导体|诺伊斯和摩尔|1968|-|-|圣克拉拉|存储器|处理器|-|1971|-|-
福特公司|美国|汽车制造|亨利·福特|1903|-|-|迪尔伯恩|-|汽车|T型车|1956|蓝色椭圆|创始人的姓氏
波音公司|美国|航空|威廉·波音|1916|西雅图|-|阿灵顿|水上飞机|民用飞机|747客机|-|-|创始人的姓氏
迪士尼公司|美国|娱乐|迪士尼兄弟|1923|-|-|伯班克|-|动画电影|米老鼠|1957|-|创始人的姓氏
可口可乐公司|美国|饮料|坎德勒|1892|-|-|亚特兰大|-|碳酸饮料|-|1919|-|-
索尼公司|日本|电子|井深大和盛田昭夫|1946|-|东京通信工业公司|东京|-|电视机和游戏机|随身听|1958|-|-
本田公司|日本|汽车制造|本田宗一郎|1948|滨松|-|东京|-|汽车和摩托车|-|1957|-|创始人的姓氏
松下公司|日本|电器制造|松下幸之助|1918|-|-|大阪|电灯插座|家电|-|-|-|创始人的姓氏
三星公司|韩国|电子|-|1938|大邱|-|-|干鱼和面条|手机和家电|-|-|-|-
现代汽车公司|韩国|汽车制造|郑周永|1967|-|-|首尔|-|汽车|小马轿车|-|斜体的字母H|-
诺基亚公司|芬兰|通信|艾德斯坦|1865|-|-|埃斯波|纸浆|通信设备|-|-|-|一座小镇
西门子公司|德国|电气|维尔纳·西门子|1847|柏林|-|慕尼黑|电报机|电气设备|-|-|-|创始人的姓氏
保时捷公司|德国|汽车制造|费迪南德·保时捷|1931|-|-|斯图加特|-|跑车|911跑车|-|-|创始人的姓氏
宝马公司|德国|汽车制造|-|1916|-|-|慕尼黑|飞机发动机|汽车和摩托车|-|-|蓝白相间的圆形|-
乐高公司|丹麦|玩具制造|克里斯蒂安森|1932|-|-|比隆|木制玩具|塑料积木|-|-|-|丹麦语中的“玩得好”
雷诺公司|法国|汽车制造|雷诺兄弟|1899|-|-|布洛涅比扬古|-|汽车|-|1994|菱形|创始人的姓氏
`,
};
