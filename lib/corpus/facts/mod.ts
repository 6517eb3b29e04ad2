/** All tables of facts, in one list. */
import type { Table } from "../table.ts";
import { animals } from "./animals.ts";
import { books } from "./books.ts";
import { buildings } from "./buildings.ts";
import { chinesePeople } from "./chinese_people.ts";
import { cities } from "./cities.ts";
import { countries } from "./countries.ts";
import { dishes, instruments, sports } from "./culture.ts";
import { elements } from "./elements.ts";
import { festivals, solarTerms } from "./festivals.ts";
import { inventions } from "./inventions.ts";
import { deserts, islands, seas } from "./islands.ts";
import { lakes } from "./lakes.ts";
import { modernPeople } from "./modern_people.ts";
import { mountains } from "./mountains.ts";
import { plants } from "./plants.ts";
import { provinces } from "./provinces.ts";
import { bridges, railways } from "./railways.ts";
import { rivers } from "./rivers.ts";
import { moons, planets, spacecraft } from "./sky.ts";
import { companies, dynasties, peoples } from "./society.ts";
import { universities } from "./universities.ts";

export const tables: readonly Table[] = [
  countries,
  provinces,
  cities,
  rivers,
  lakes,
  mountains,
  islands,
  seas,
  deserts,
  railways,
  bridges,
  buildings,
  universities,
  companies,
  dynasties,
  peoples,
  chinesePeople,
  modernPeople,
  books,
  inventions,
  festivals,
  solarTerms,
  dishes,
  instruments,
  sports,
  animals,
  plants,
  elements,
  moons,
  planets,
  spacecraft,
];
