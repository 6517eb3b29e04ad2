/** Which sort of place a name is, so that 山东 is asked for as a province and 日本 as a country. */

const PROVINCES =
  "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海";
const REGIONS = "广西 内蒙古 宁夏 新疆 西藏";
const CONTINENTS = "亚洲 欧洲 非洲 北美洲 南美洲 大洋洲";
const CITIES =
  "岳阳 扬州 嘉兴 北京 上海 天津 重庆 香港 南京 苏州 杭州 武汉 九江 青岛 芜湖 安庆 兰州 济南 西安 潮州 宝鸡 洛阳 大同 乐山 成都 太原 拉萨 " +
  "南昌 广州 沈阳 承德 泉州 合肥 厦门 福州 郑州 开封 长沙 深圳 南宁 贵阳 昆明 乌鲁木齐 长春 哈尔滨 大连 无锡 宁波 " +
  "纽约 悉尼 伦敦 巴黎 华盛顿 雅典 罗马 莫斯科 东京 首尔 柏林 芝加哥 墨尔本 维也纳";

/** The sorts of place that a passage can state. */
export type PlaceRelation = "province" | "autonomousRegion" | "continent" | "city" | "country";

const SORTS: readonly (readonly [string, PlaceRelation])[] = [
  [PROVINCES, "province"],
  [REGIONS, "autonomousRegion"],
  [CONTINENTS, "continent"],
  [CITIES, "city"],
];

/** The relation that a place's name answers; what is on no list is a country. */
export function placeRelation(name: string): PlaceRelation {
  const found = SORTS.find(([names]) => names.split(" ").includes(name));
  return found ? found[1] : "country";
}
