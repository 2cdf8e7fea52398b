/**
 * Provinces, cities and districts: `{province: {city: "district district …"}}`; an empty text means that none are listed.
 */
import { STATIC } from "./links.js";

let asked = null;

/** The regions, asked for once; a failure is thrown and the next call asks again. */
export function fetchRegions() {
  asked ??= load().catch((problem) => {
    asked = null;
    throw problem;
  });
  return asked;
}

async function load() {
  const response = await fetch(`${STATIC}data/regions.json`);
  if (!response.ok) throw new TypeError("No regions");
  return response.json();
}

export const districtsOf = (regions, province, city) => (regions[province]?.[city] ?? "").split(" ").filter(Boolean);

/** The words in front of a street: a city that is its own province is said once. */
export function regionText({ province, city, district }) {
  return [province, city === province ? "" : city, district].filter(Boolean).join(" ");
}

/** Take a written address apart: `{province, city, district, street}`; what is not recognised stays in the street. */
export function takeApart(regions, address) {
  const [province, afterProvince] = leading(Object.keys(regions), address);
  if (!province) return { province: "", city: "", district: "", street: address };
  const cities = Object.keys(regions[province]);
  const [named, afterCity] = leading(cities, afterProvince);
  const city = named || (cities.includes(province) ? province : "");
  if (!city) return { province: "", city: "", district: "", street: address };
  const [listed, afterDistrict] = leading(districtsOf(regions, province, city), afterCity);
  if (listed) return { province, city, district: listed, street: afterDistrict };
  return { province, city, ...typedDistrict(regions, { province, city }, afterCity) };
}

/** Where no districts are listed, a first word of its own is the typed district. */
function typedDistrict(regions, { province, city }, rest) {
  const [first, ...others] = rest.split(" ");
  const typed = others.length > 0 && districtsOf(regions, province, city).length === 0;
  return typed ? { district: first, street: others.join(" ") } : { district: "", street: rest };
}

/** The longest name a text begins with, and the rest of the text. */
function leading(names, text) {
  const fitting = names.filter((name) => text.startsWith(name)).sort((one, other) => other.length - one.length);
  return fitting.length ? [fitting[0], text.slice(fitting[0].length).trim()] : ["", text];
}
