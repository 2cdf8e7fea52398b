/**
 * The cart as its page shows and changes it, the same for guests (kept by the browser) and for who is signed in.
 * A line: `{id, name, count, selected, price, image, attributes: [[name, value]], stock, launched}`.
 * Every change gives `{lines, base}` afterwards; `base` stands before the paths of pictures. Failures are ApiFailures.
 */
import { get, NO_SUCH_SKU, OUT_OF_RANGE, post, put, remove } from "./api.js";
import { once } from "./attempts.js";
import { announce, cartPath, keepLines, localLines, noteCount } from "./cart.js";
import { fetchDetail } from "./goods.js";
import { session } from "./session.js";

const AT_ONCE = 6;
const GONE = [NO_SUCH_SKU, OUT_OF_RANGE];

/** Whether a line can be bought at all. */
export const isAvailable = ({ launched, stock }) => launched && stock > 0;

const paired = (names, values) => (names ?? []).map((name, index) => [name, values?.[index] ?? ""]);

/** A line of the interface's lists of carts and of orders to be. */
export function lineOf(item) {
  return {
    id: item.id, name: item.name, count: item.count, selected: Boolean(Number(item.selected)), price: item.price,
    image: item.default_image_url, stock: item.stock ?? Infinity, launched: item.is_launched !== false,
    attributes: paired(item.sku_sale_attr_names ?? item.sku_sale_attr_name, item.sku_sale_attr_vals ?? item.sku_sale_attr_val),
  };
}

const taken = ({ data, base_url: base }) => ({ lines: data.map(lineOf), base });

class ServerBasket {
  constructor(who) {
    this.path = cartPath(who);
  }

  async lines() {
    const reply = taken(await get(this.path, { signedIn: true }));
    noteCount(reply.lines.length);
    return reply;
  }

  setCount(id, count) {
    return this.change({ state: "set", sku_id: id, count });
  }

  select(id, on) {
    return this.change({ state: on ? "select" : "unselect", sku_id: id });
  }

  selectAll(on) {
    return this.change({ state: on ? "selectall" : "unselectall" });
  }

  async remove(ids) {
    for (const id of ids) await once((key) => remove(this.path, { body: { sku_id: id }, signedIn: true, key }));
    return this.changed(await this.lines());
  }

  /** Put a line back that was taken out. */
  async restore({ id, count, selected }) {
    await once((key) => post(this.path, { sku_id: id, count }, { signedIn: true, key }));
    return selected ? this.changed(await this.lines()) : this.select(id, false);
  }

  async change(body) {
    return this.changed(taken(await once((key) => put(this.path, body, { signedIn: true, key }))));
  }

  changed(reply) {
    announce(reply.lines.length);
    return reply;
  }
}

class GuestBasket {
  constructor() {
    this.details = new Map();
    this.base = "";
  }

  /** What is known of each SKU is asked for anew. */
  async lines() {
    this.details.clear();
    return this.shown();
  }

  setCount(id, count) {
    return this.change((line) => (line.id === id ? { ...line, count } : line));
  }

  select(id, on) {
    return this.change((line) => (line.id === id ? { ...line, selected: Number(on) } : line));
  }

  selectAll(on) {
    return this.change((line) => ({ ...line, selected: Number(on) }));
  }

  remove(ids) {
    return this.change((line) => (ids.includes(line.id) ? [] : line));
  }

  restore({ id, count, selected }) {
    keepLines([{ id, count, selected: Number(selected) }, ...localLines()]);
    return this.shown();
  }

  change(map) {
    keepLines(localLines().flatMap(map));
    return this.shown();
  }

  async shown() {
    const lines = localLines();
    await this.learn(lines.filter(({ id }) => !this.details.has(id)));
    return { lines: lines.map((line) => this.lineOf(line)), base: this.base };
  }

  /** Ask for the details of SKUs, a few at a time. */
  async learn(lines) {
    const ahead = lines.map(({ id }) => id);
    const work = async () => {
      while (ahead.length) {
        const id = ahead.pop();
        this.details.set(id, await this.detailOf(id));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** The detail of a SKU; null when it is no longer for sale. */
  async detailOf(id) {
    try {
      const reply = await fetchDetail(id);
      this.base = reply.base_url;
      return reply.data;
    } catch (problem) {
      if (problem.kind === "refused" && GONE.includes(problem.code)) return null;
      throw problem;
    }
  }

  lineOf({ id, count, selected }) {
    const detail = this.details.get(id);
    const line = { id, count, selected: Number(selected ?? 1) === 1 };
    if (!detail) return { ...line, name: null, price: null, image: "", attributes: [], stock: 0, launched: false };
    const { name, price, image, stock } = detail;
    return { ...line, name, price, image, stock, launched: true, attributes: paired(detail.sku_sale_attr_names, detail.sku_sale_attr_val_names) };
  }
}

/** The cart of whoever is here now. */
export function openBasket() {
  const who = session();
  return who ? new ServerBasket(who) : new GuestBasket();
}
