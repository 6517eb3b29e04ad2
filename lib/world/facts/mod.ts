/** All tables of facts, in one list. */
import type { Table } from "../table.ts";
import { animals } from "./animals.ts";
import { books } from "./books.ts";
import { poems } from "./poems.ts";
import { pictures } from "./pictures.ts";
import { buildings } from "./buildings.ts";
import { chinesePeople } from "./chinese_people.ts";
import { cities } from "./cities.ts";
import { companies } from "./companies.ts";
import { countries } from "./countries.ts";
import { dishes } from "./dishes.ts";
import { instruments } from "./instruments.ts";
import { sports } from "./sports.ts";
import { dynasties } from "./dynasties.ts";
import { elements } from "./elements.ts";
import { festivals, solarTerms } from "./festivals.ts";
import { inventions } from "./inventions.ts";
import { deserts } from "./deserts.ts";
import { islands } from "./islands.ts";
import { seas } from "./seas.ts";
import { lakes } from "./lakes.ts";
import { modernPeople } from "./modern_people.ts";
import { mountains } from "./mountains.ts";
import { peoples } from "./peoples.ts";
import { plants } from "./plants.ts";
import { provinces } from "./provinces.ts";
import { bridges, railways } from "./railways.ts";
import { rivers } from "./rivers.ts";
import { moons } from "./moons.ts";
import { planets } from "./planets.ts";
import { spacecraft } from "./spacecraft.ts";
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
  poems,
  pictures,
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
