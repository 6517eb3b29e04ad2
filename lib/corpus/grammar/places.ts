/** Phrasings for where things are: countries, provinces, capitals. */
import { entry, IS_AT, type Phrasings, PLACE, WHERE, WHERE_OR } from "./parts.ts";

// deno-fmt-ignore -- several short names on a line
/** The relations that this table phrases. */
export type PlacesRelation =
  | "continent" | "country" | "province" | "autonomousRegion" | "city" | "region" | "capital"
  | "seat" | "dynastyCapital" | "headquarters" | "water" | "belongs" | "between";

/** Each relation's phrasings. */
export const places: Readonly<Record<PlacesRelation, Phrasings>> = {
  continent: entry(["{n}位于哪个洲？", "{n}在哪个大洲？", "{n}在哪里？"], [
    ...PLACE,
    "{n}(在|位于|地处|属于|流经)(哪个|哪一个|什么)(洲|大洲)？",
    "{n}是(哪个|哪一个|什么)(洲|大洲)的(|国家)？",
    `{n}流经${WHERE}？`,
  ]),
  country: entry(["{n}位于哪个国家？", "{n}在哪个国家？", "{n}在哪里？"], [
    ...PLACE,
    "{n}(在|位于|地处|属于|坐落于|坐落在)(哪个|哪一个|什么|哪)(国家|国)？",
    "{n}是(哪个|哪一个|什么|哪)(国家|国)的？",
  ]),
  province: entry(["{n}位于哪个省？", "{n}在哪个省？", "{n}在哪里？"], [
    ...PLACE,
    "{n}(在|位于|地处|属于|坐落于|坐落在)(哪个|哪一个|什么|哪)(省|省份|省区)？",
    "{n}是(哪个|哪一个|什么|哪)(省|省份)的(|城市)？",
  ]),
  autonomousRegion: entry(["{n}位于哪个自治区？", "{n}在哪里？"], [
    ...PLACE,
    "{n}(在|位于|地处|属于|坐落于|坐落在)(哪个|哪一个|什么)(自治区|省区)？",
    "{n}是(哪个|哪一个|什么)自治区的(|城市)？",
  ]),
  city: entry(["{n}位于哪座城市？", "{n}在哪个城市？", "{n}在哪里？"], [
    ...PLACE,
    "{n}(在|位于|地处|属于|坐落于|坐落在)(哪个|哪座|哪一座|什么)(城市|城)？",
    "{n}是(哪个|哪座)城市的？",
  ]),
  region: entry(["{n}位于中国的哪个地区？", "{n}属于哪个地区？"], [
    "{n}(|是)(在|位于|地处|属于)(|中国|中国的)(哪个|哪一个|什么)地区？",
    `{n}${IS_AT}(中国|中国的)${WHERE}？`,
  ]),
  capital: entry(["{n}的首都是哪里？", "{n}的首都是哪座城市？", "{n}的首都在哪里？"], [
    `{n}(|的)首都(是|在|位于|为)(哪里|哪儿|何处|什么地方|哪座城市|哪个城市|什么城市|什么|哪)？`,
    "{n}(|的)首都叫什么(|名字)？",
    "(哪座|哪个|什么)城市是{n}的首都？",
    "{n}以(哪里|哪座城市|哪个城市)为首都？",
  ]),
  seat: entry(["{n}的省会是哪里？", "{n}的省会是哪座城市？"], [
    `{n}(|的)省会(是|在|位于|为)(哪里|哪儿|哪座城市|哪个城市|什么城市|什么|什么地方)？`,
    "{n}(|的)省会叫什么(|名字)？",
    "(哪座|哪个|什么)城市是{n}的省会？",
  ]),
  dynastyCapital: entry(["{n}的都城在哪里？", "{n}定都在哪里？"], [
    `{n}(|的)(都城|首都)(是|在|位于|为)(哪里|哪儿|哪座城市|哪个城市|什么地方)？`,
    `{n}定都(|在|于)(哪里|哪儿|哪座城市|哪个城市|什么地方)？`,
  ]),
  headquarters: entry(["{n}的总部在哪里？", "{n}的总部位于哪里？"], [
    `{n}(|的)总部(在|设在|位于|是)${WHERE_OR("哪座城市|哪个城市|哪个国家|什么城市")}？`,
  ]),
  water: entry(["{n}位于哪片海洋？", "{n}在哪片海中？", "{n}在哪里？"], [
    ...PLACE,
    "{n}(在|位于)(哪片|哪个|什么|哪)(海|大洋|海洋|海域|洋)(|中|里)？",
  ]),
  belongs: entry(["{n}属于哪个大洋？", "{n}是哪个大洋的一部分？"], [
    "{n}(属于|在|位于)(哪个|哪片|什么|哪一个)(大洋|海洋|洋)？",
    "{n}是(哪个|哪片|什么|哪一个)(大洋|海洋|洋)的一部分？",
  ]),
  between: entry(["{n}在哪些地方之间？", "{n}在哪里？"], [
    ...PLACE,
    `{n}(在|位于)(哪些地方|哪里|哪两个地方|什么地方|什么)(|和哪里)之间？`,
  ]),
};
