// A stock: what it costs now, which conditions it is in, its recorded price with the marks of its day, and what became of it.
import { change, clock, direction, element, number, percent, put, returned, table, coloured } from "./format.js";
import { Plot } from "./plot.js";
import { has, t } from "./words.js";

const RENEW = 10_000;
const SOON = 800;

export class Stock {
  constructor(model, node, title, code) {
    Object.assign(this, { model, title, code, told: null });
    this.figure = element("p", "figure");
    this.within = part("stock.now");
    this.chart = part("stock.price");
    this.past = part("stock.events");
    this.outcomes = part("stock.outcomes");
    this.what = element("span", "faint", "");
    const buttons = element("span", "tools");
    this.chart.firstChild.append(this.what, buttons);
    this.canvas = element("div", "price-plot", null, { role: "group", "aria-label": t("stock.price") });
    this.unpriced = element("p", "none", t("loading"));
    this.chart.append(this.canvas, this.unpriced);
    this.plot = new Plot(this.canvas, { range, onPoint: (at, price) => put(this.what, at === null ? "" : ` ${clock(at)} ${number(price)}`), buttons });
    node.append(this.figure, this.within, this.chart, this.outcomes, this.past);
    this.now();
    this.load();
    this.timer = setInterval(() => !document.hidden && this.load(), RENEW);
  }

  end() {
    this.code = null;
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.plot.end();
  }

  recolour() {
    this.plot.recolour();
  }

  // What changed just now; the journal has it a moment later.
  touched({ codes, events }) {
    if (codes.includes(this.code)) this.now();
    if (events.some((each) => each.code === this.code)) {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.load(), SOON);
    }
  }

  async load() {
    const code = this.code;
    const answer = await fetch(`/board/stock/${encodeURIComponent(code)}.json`).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (this.code !== code) return;
    if (!told) {
      if (!this.told) put(this.unpriced, t("failed", { why: answer ? answer.status : "" }));
      return;
    }
    this.told = told;
    this.now();
    this.draw();
    this.listed();
    this.became();
  }

  // ------------------------------------------------------------ as of now

  now() {
    const stock = this.model.stocks.get(this.code) || this.told || {};
    const name = stock.name || this.told?.events.findLast((each) => each.name)?.name;
    put(this.title, name ? `${name} ${this.code}` : this.code);
    this.price(stock);
    const stays = [];
    for (const [condition, held] of this.model.members) if (held.has(this.code)) stays.push([condition, held.get(this.code)]);
    this.stays(stays, stock);
  }

  price(stock) {
    const way = direction(stock.change);
    const told = [number(stock.price), change(stock.change), percent(stock.rate), way ? t(way) : "", stock.volume ? `${t("col.volume")} ${number(stock.volume)}` : "", stock.price_at ? clock(stock.price_at) : ""];
    const kinds = ["b", "b", "b", "span", "span", "span"];
    if (!this.figure.childElementCount) this.figure.append(...kinds.map((kind, at) => element(kind, at > 3 ? "dim" : at === 3 ? "word" : "")));
    told.forEach((text, at) => {
      put(this.figure.children[at], text);
      if (at < 4) this.figure.children[at].dataset.way = way;
    });
  }

  stays(stays, stock) {
    const rows = stays.map(([name, stay]) => [
      name, stay.left ? `${t("leave")} ${clock(stay.left)}` : clock(stay.at), number(stay.entry_price),
      coloured(returned(stay.entry_price, stock.price)), number(stay.high), number(stay.low),
    ]);
    const made = rows.length ? table(["conditions", "at", "entry", "return", "high", "low"], rows, 2) : element("p", "none", t("stock.none"));
    this.within.replaceChildren(this.within.firstChild, made);
  }

  // ------------------------------------------------------------ from the journal

  draw() {
    const { prices, gaps, events } = this.told;
    const priced = prices.some((each) => each[1] !== null);
    this.canvas.hidden = !priced;
    this.unpriced.hidden = priced;
    put(this.unpriced, t("stock.unkept"));
    if (!priced) return;
    const marks = events.map((each) => [Date.parse(each.at), near(prices, Date.parse(each.at)), each.event === "enter" ? "up" : "down"]);
    const end = prices[prices.length - 1][0];
    const last = events.length ? Date.parse(events[events.length - 1].at) : end;
    this.plot.draw({ points: prices, gaps, marks, until: Math.max(end, last) });
  }

  listed() {
    const list = element("ol", "past");
    for (const each of [...this.told.events].reverse()) {
      const enters = each.event === "enter";
      const line = element("li", "event");
      line.append(element("time", "t", clock(each.at)), element("span", `sign ${enters ? "up" : "down"}`, `${enters ? "▲" : "▽"} ${t(each.event)}`), element("span", "what", each.condition.name), element("span", "where", each.origin === "recovered" ? t("recovered") : ""));
      list.append(line);
    }
    this.past.replaceChildren(this.past.firstChild, list.childElementCount ? list : element("p", "none", t("empty.events")));
  }

  became() {
    const priced = this.told.outcomes.filter((each) => each.priced);
    const rows = priced.map((each) => [each.condition.name, after(each.after), coloured(each.median), t("entries", { n: each.entries, m: each.priced })]);
    const made = rows.length ? table(["conditions", "after", "return", "entries"], rows, 2) : element("p", "none", t("stock.unpriced"));
    this.outcomes.replaceChildren(this.outcomes.firstChild, made);
  }
}

// The price that was known at a moment, or became known within ten seconds: the price of an entry comes after it.
function near(prices, at) {
  let found = null;
  for (const [moment, price] of prices) {
    if (moment > at) return found ?? (moment - at <= 10_000 ? price : null);
    found = price;
  }
  return found;
}

function range(low, high) {
  const room = Math.max(1, ((high ?? 1) - (low ?? 0)) * 0.15);
  return [Math.max(0, Math.floor((low ?? 0) - room)), Math.ceil((high ?? 1) + room)];
}

function part(key) {
  const node = element("section", "part");
  node.append(element("h3", "", t(key)));
  return node;
}

function after(text) {
  const key = `after.${text}`;
  return has(key) ? t(key) : t("stock.after", { n: parseInt(text, 10) });
}
