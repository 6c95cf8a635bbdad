// The live grid in the shape of HTS [0156]. A cell is written only if it changed; a change of price flashes once.
import { choices, choose } from "./choices.js";
import { change, clock, direction, element, length, number, percent, put, returned, visible } from "./format.js";
import { t } from "./words.js";

const COLUMNS = ["at", "code", "name", "price", "change", "rate", "volume", "entry", "return", "conditions"];
const TEXTS = new Set(["at", "code", "name", "conditions"]);
const CHUNK = 32; // rows
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
    this.body = document.getElementById("grid");
    this.chunks = []; // of the rows, a group of its own each: those out of sight cost nothing
    this.order = []; // the rows as they stand
    this.scroll = document.getElementById("scroll");
    this.waiting = 0;
    this.inside = false;
    this.scroll.addEventListener("pointerenter", (event) => (this.inside = event.pointerType === "mouse"));
    this.scroll.addEventListener("pointerleave", () => this.leave());
    this.body.addEventListener("focusout", () => setTimeout(() => this.release(), 0));
    this.body.addEventListener("click", (event) => this.open(event.target.closest("[data-code]")));
    this.body.addEventListener("keydown", (event) => this.key(event));
    document.getElementById("held").addEventListener("click", () => this.settle());
    this.head();
  }

  head() {
    const head = document.getElementById("head");
    head.replaceChildren(...COLUMNS.map((name) => this.heading(name)));
  }

  heading(name) {
    const cell = element("th", `${TEXTS.has(name) ? "text" : ""} c-${name}`, null, { scope: "col", role: "columnheader" });
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
    const node = element("tr", "", null, { tabindex: "-1", "data-code": row.code, role: "row" });
    const cells = {};
    for (const name of COLUMNS) {
      cells[name] = element("td", `${TEXTS.has(name) ? "text" : ""} c-${name}`, null, { role: "cell" });
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
    put(cells.at, t(`at.${stay.left ? "left" : stay.origin}`, { at: time }));
    cells.at.title = stay.left || stay.origin === "live" ? "" : t(`at.${stay.origin}.hint`);
    put(cells.code, row.code);
    put(cells.name, stock.name || row.code);
    cells.name.title = visible(stock.name || "");
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
    cell.title = visible(names.join(", "));
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
    return this.inside || Boolean(document.activeElement?.closest("#grid [data-code]"));
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
    this.place(ordered.map((made) => made.node));
    this.tell(shown);
  }

  place(order) {
    this.order = order;
    const count = Math.ceil(order.length / CHUNK);
    while (this.chunks.length < count) {
      this.chunks.push(element("tbody", "", null, { role: "rowgroup" }));
      this.body.append(this.chunks[this.chunks.length - 1]);
    }
    this.chunks.forEach((chunk, at) => arrange(chunk, order.slice(at * CHUNK, (at + 1) * CHUNK)));
    while (this.chunks.length > count) this.chunks.pop().remove();
  }

  tell(shown) {
    const some = shown.length > 3 ? t("gap.many", { n: shown.length }) : shown.join(" · ");
    const inside = [...this.rows.values()].filter((made) => !made.row.stay.left).length;
    put(document.getElementById("stocks-what"), `${some}${some ? " — " : ""}${t("stocks", { n: number(inside) })}`);
    const empty = document.getElementById("empty");
    empty.hidden = this.rows.size > 0;
    put(empty, t(choices.query.trim() ? "empty.filter" : shown.length ? "empty.members" : "empty.none"));
    const first = this.order[0];
    if (first && !this.body.querySelector('[tabindex="0"]')) first.tabIndex = 0;
  }

  // ------------------------------------------------------------ keys

  get standing() {
    return this.order.filter((node) => node.isConnected);
  }

  key(event) {
    const row = event.target.closest("[data-code]");
    if (!row) return;
    const { standing } = this;
    const at = standing.indexOf(row);
    const to = { ArrowDown: standing[at + 1], ArrowUp: standing[at - 1], Home: standing[0], End: standing[standing.length - 1] }[event.key];
    if (to) {
      event.preventDefault();
      this.focus(to);
    } else if (event.key === "Enter") this.open(row);
  }

  focus(row = this.body.querySelector('[tabindex="0"]') || this.order[0]) {
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
    const lines = this.standing.map((node) => this.rows.get(node.dataset.code).row).map(({ code, stay, stock, within }) => [
      clock(stay.at), code, stock.name || "", stock.price ?? "", stock.change ?? "", stock.rate ?? "", stock.volume ?? "",
      stay.entry_price ?? "", returned(stay.entry_price, stock.price)?.toFixed(2) ?? "", within.join(" · "),
    ]);
    return [COLUMNS.map((name) => t(`col.${name}`)), ...lines];
  }
}

// Puts the rows in order by moving as few of them as can be: those that stand in order among themselves stay.
function arrange(body, wanted) {
  const places = new Map([...body.children].map((node, at) => [node, at]));
  const staying = rising(wanted.map((node) => places.get(node) ?? -1));
  let before = null;
  for (let at = wanted.length - 1; at >= 0; at -= 1) {
    if (!staying.has(at)) body.insertBefore(wanted[at], before);
    before = wanted[at];
  }
}

// The indices of a longest rising run of numbers, those below 0 left out.
function rising(numbers) {
  const ends = []; // of the best run of each length: the index of its last number
  const came = [];
  numbers.forEach((number, at) => {
    if (number < 0) return;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle]] < number) low = middle + 1;
      else high = middle;
    }
    came[at] = low ? ends[low - 1] : -1;
    ends[low] = at;
  });
  const run = new Set();
  for (let at = ends.length ? ends[ends.length - 1] : -1; at >= 0; at = came[at]) run.add(at);
  return run;
}

function flash(node, name) {
  node.classList.remove(`${name}-a`, `${name}-b`);
  const which = node.dataset.flash === "a" ? "b" : "a"; // two animations alike: the other one begins anew
  node.dataset.flash = which;
  node.classList.add(`${name}-${which}`);
}
