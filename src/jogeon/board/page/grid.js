// The live grid in the shape of HTS [0156]. A cell is written only if it changed; a change of price flashes once.
import { choices, choose } from "./choices.js";
import { change, clock, direction, element, length, number, percent, put, returned } from "./format.js";
import { t } from "./words.js";

const COLUMNS = ["at", "code", "name", "price", "change", "rate", "volume", "entry", "return", "conditions"];
const TEXTS = new Set(["at", "code", "name", "conditions"]);
const OLD = 120_000; // a price older than this is shown with its age

const KEYS = {
  at: (row) => row.stay.at || "",
  code: (row) => row.code,
  name: (row) => row.stock.name || "",
  price: (row) => row.stock.price ?? -Infinity,
  change: (row) => row.stock.change ?? -Infinity,
  rate: (row) => row.stock.rate ?? -Infinity,
  volume: (row) => row.stock.volume ?? -Infinity,
  entry: (row) => row.stay.entry_price ?? -Infinity,
  return: (row) => returned(row.stay.entry_price, row.stock.price) ?? -Infinity,
  conditions: (row) => row.within.join(),
};

export class Grid {
  constructor(model, onOpen, now) {
    Object.assign(this, { model, onOpen, now });
    this.rows = new Map(); // code → {row, node, cells}
    this.body = document.getElementById("rows");
    this.scroll = document.getElementById("scroll");
    this.waiting = 0;
    this.inside = false;
    this.scroll.addEventListener("pointerenter", (event) => (this.inside = event.pointerType === "mouse"));
    this.scroll.addEventListener("pointerleave", () => this.leave());
    this.body.addEventListener("focusout", () => setTimeout(() => this.release(), 0));
    this.body.addEventListener("click", (event) => this.open(event.target.closest("tr")));
    this.body.addEventListener("keydown", (event) => this.key(event));
    document.getElementById("held").addEventListener("click", () => this.settle());
    this.head();
  }

  head() {
    const head = document.getElementById("head");
    head.replaceChildren(...COLUMNS.map((name) => this.heading(name)));
  }

  heading(name) {
    const cell = element("th", `${TEXTS.has(name) ? "text" : ""} c-${name}`, null, { scope: "col" });
    const button = element("button", "", t(`col.${name}`), { type: "button", "data-sort": name });
    const sorted = choices.sort === name;
    if (sorted) {
      cell.setAttribute("aria-sort", choices.down ? "descending" : "ascending");
      button.append(element("span", "arrow", choices.down ? " ↓" : " ↑", { "aria-hidden": "true" }));
    }
    button.addEventListener("click", () => {
      choose({ sort: name, down: sorted ? !choices.down : !TEXTS.has(name) || name === "at" });
      this.head();
      document.querySelector(`#head [data-sort="${name}"]`).focus();
      this.settle();
    });
    cell.append(button);
    return cell;
  }

  // ------------------------------------------------------------ what is shown

  all() {
    const shown = this.model.shown(choices.chosen);
    const codes = this.model.codes(shown);
    for (const code of this.rows.keys()) if (!codes.has(code)) this.drop(code);
    for (const code of codes) this.update(code, shown, false);
    this.settle();
  }

  some(codes) {
    const shown = this.model.shown(choices.chosen);
    let moved = false;
    for (const code of codes) moved = this.update(code, shown, true) || moved;
    if (moved) this.held ? this.wait() : this.settle();
  }

  // Brings one row up to date; returns whether rows must be put in order.
  update(code, shown, live) {
    const row = this.model.row(code, shown);
    const had = this.rows.get(code);
    if (!row || !this.wanted(row)) {
      if (!had) return false;
      if (this.held) return true;
      this.drop(code);
      return true;
    }
    if (!had) {
      const made = this.make(row);
      this.rows.set(code, made);
      this.write(made, row, false);
      if (live && !row.stay.left) flash(made.node, "new");
      return true;
    }
    const before = KEYS[choices.sort](had.row);
    const entered = !row.stay.left && (row.stay.at || "") > (had.row.stay.at || "");
    this.write(had, row, live);
    if (live && entered) flash(had.node, "new");
    return before !== KEYS[choices.sort](row);
  }

  wanted(row) {
    if (choices.hideLeft && row.stay.left) return false;
    const query = choices.query.trim().toLowerCase();
    return !query || row.code.toLowerCase().includes(query) || (row.stock.name || "").toLowerCase().includes(query);
  }

  make(row) {
    const node = element("tr", "", null, { tabindex: "-1", "data-code": row.code });
    const cells = {};
    for (const name of COLUMNS) {
      cells[name] = element("td", `${TEXTS.has(name) ? "text" : ""} c-${name}`);
      node.append(cells[name]);
    }
    const [amount, word] = [element("span"), element("span", "spoken")];
    cells.change.append(amount, word);
    return { node, cells, row, amount, word };
  }

  write(made, row, live) {
    const { stay, stock } = row;
    const { cells } = made;
    const gain = returned(stay.entry_price, stock.price);
    const way = direction(stock.change);
    const time = clock(stay.left || stay.at);
    put(cells.at, stay.left ? `${t("leave")} ${time}` : stay.origin === "snapshot" ? `${time} ${t("since")}` : stay.origin === "recovered" ? `${time} ${t("recovered")}` : time);
    cells.at.title = stay.origin === "snapshot" ? t("since.hint") : "";
    put(cells.code, row.code);
    put(cells.name, stock.name || row.code);
    cells.name.title = stock.name || "";
    const price = number(stock.price);
    if (live && made.row.stock.price !== stock.price && cells.price.textContent) flash(cells.price, "hit");
    put(cells.price, price);
    put(made.amount, change(stock.change, stock.sign));
    put(cells.rate, percent(stock.rate));
    put(cells.volume, number(stock.volume));
    put(cells.entry, number(stay.entry_price));
    put(cells.return, percent(gain));
    const word = stock.sign === "limit-up" || stock.sign === "limit-down" ? t(stock.sign) : way ? t(way) : "";
    put(made.word, word && ` ${word}`);
    cells.change.title = word;
    for (const name of ["price", "change", "rate"]) cells[name].dataset.way = way;
    cells.return.dataset.way = direction(gain);
    this.tags(cells.conditions, row.within);
    made.node.classList.toggle("out", Boolean(stay.left));
    made.row = row;
    this.age(made);
  }

  tags(cell, names) {
    const key = names.join("\n");
    if (cell.dataset.key === key) return;
    cell.dataset.key = key;
    cell.replaceChildren(...names.map((name) => element("span", "tag", name)));
    cell.title = names.join(", ");
  }

  age(made) {
    const { stock } = made.row;
    const at = stock.price_at ? Date.parse(stock.price_at) : null;
    const old = Boolean(stock.stale_since) || (at !== null && this.now() - at > OLD);
    made.node.classList.toggle("old", old);
    const title = old ? t("stale", { age: length((this.now() - at) / 1000) }) : at ? clock(at) : "";
    if (made.cells.price.title !== title) made.cells.price.title = title;
  }

  ages() {
    for (const made of this.rows.values()) this.age(made);
  }

  drop(code) {
    this.rows.get(code)?.node.remove();
    this.rows.delete(code);
  }

  // ------------------------------------------------------------ order

  get held() {
    return this.inside || this.body.contains(document.activeElement);
  }

  wait() {
    this.waiting += 1;
    const held = document.getElementById("held");
    held.hidden = false;
    put(held, t("held", { n: this.waiting }));
  }

  leave() {
    this.inside = false;
    this.release();
  }

  release() {
    if (this.waiting && !this.held) this.all();
  }

  // Puts the rows in order, and moves only those that are not where they belong.
  settle() {
    this.waiting = 0;
    document.getElementById("held").hidden = true;
    const shown = this.model.shown(choices.chosen);
    const live = this.model.codes(shown);
    for (const code of this.rows.keys()) if (!live.has(code) || !this.wanted(this.rows.get(code).row)) this.drop(code);
    const key = KEYS[choices.sort];
    const way = choices.down ? -1 : 1;
    const ordered = [...this.rows.values()].sort((one, other) => {
      const [a, b] = [key(one.row), key(other.row)];
      return a === b ? (one.row.code < other.row.code ? -1 : 1) : a < b ? -way : way;
    });
    let next = this.body.firstElementChild;
    for (const made of ordered) {
      if (made.node === next) next = next.nextElementSibling;
      else this.body.insertBefore(made.node, next);
    }
    this.tell(shown);
  }

  tell(shown) {
    const some = shown.length > 3 ? t("gap.many", { n: shown.length }) : shown.join(" · ");
    const inside = [...this.rows.values()].filter((made) => !made.row.stay.left).length;
    put(document.getElementById("stocks-what"), `${some}${some ? " — " : ""}${t("stocks", { n: number(inside) })}`);
    const empty = document.getElementById("empty");
    empty.hidden = this.rows.size > 0;
    put(empty, t(choices.query.trim() ? "empty.filter" : shown.length ? "empty.members" : "empty.none"));
    const first = this.body.firstElementChild;
    if (first && !this.body.querySelector('[tabindex="0"]')) first.tabIndex = 0;
  }

  // ------------------------------------------------------------ keys

  key(event) {
    const row = event.target.closest("tr");
    const to = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling, Home: this.body.firstElementChild, End: this.body.lastElementChild }[event.key];
    if (to) {
      event.preventDefault();
      this.focus(to);
    } else if (event.key === "Enter") this.open(row);
  }

  focus(row = this.body.querySelector('[tabindex="0"]') || this.body.firstElementChild) {
    if (!row) return;
    for (const other of this.body.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  open(row) {
    if (row && !String(getSelection())) this.onOpen(row.dataset.code);
  }

  // ------------------------------------------------------------ taken along

  table() {
    const lines = [...this.body.rows].map((node) => this.rows.get(node.dataset.code).row).map(({ code, stay, stock, within }) => [
      clock(stay.at), code, stock.name || "", stock.price ?? "", stock.change ?? "", stock.rate ?? "", stock.volume ?? "",
      stay.entry_price ?? "", returned(stay.entry_price, stock.price)?.toFixed(2) ?? "", within.join(" · "),
    ]);
    return [COLUMNS.map((name) => t(`col.${name}`)), ...lines];
  }
}

function flash(node, name) {
  node.classList.remove(`${name}-a`, `${name}-b`);
  const which = node.dataset.flash === "a" ? "b" : "a"; // two animations alike: the other one begins anew
  node.dataset.flash = which;
  node.classList.add(`${name}-${which}`);
}
