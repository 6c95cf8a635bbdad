// The views besides the board itself: a stock, and a day enlarged. Each has its address and its .json beside it.
import { change, clock, direction, element, number, percent, returned } from "./format.js";
import { Flow, flowName } from "./flow.js";
import { has, t } from "./words.js";

export class Pages {
  constructor(model) {
    this.model = model;
    this.node = document.getElementById("page");
    this.main = document.getElementById("main");
    this.flow = null;
  }

  get open() {
    return !this.node.hidden;
  }

  leave() {
    this.node.hidden = true;
    this.main.classList.remove("paged");
    this.code = null;
    this.flow?.clear();
    this.flow = null;
  }

  begin(title) {
    this.flow?.clear();
    this.flow = null;
    this.node.hidden = false;
    this.main.classList.add("paged");
    const head = element("h2");
    const back = element("a", "back", t("back"), { href: "/" });
    head.append(back, element("span", "title", title, { tabindex: "-1" }));
    this.node.replaceChildren(head);
    head.querySelector(".title").focus();
    return head;
  }

  // ------------------------------------------------------------ a day

  timeline(name) {
    const chosen = name || flowName(this.model);
    const head = this.begin(t("flow"));
    const what = element("span", "faint");
    const pick = element("select", "", null, { "aria-label": t("conditions") });
    for (const each of this.model.conditions.keys()) pick.append(element("option", "", each, each === chosen ? { value: each, selected: "" } : { value: each }));
    pick.addEventListener("change", () => dispatchEvent(new CustomEvent("go", { detail: `/board/timeline?condition=${encodeURIComponent(pick.value)}` })));
    head.append(pick, what);
    const plot = element("div", "big", null, { role: "img" });
    this.node.append(plot, element("p", "faint hint", t("flow.hint")));
    this.flow = new Flow(this.model, plot, what);
    this.flow.show(chosen);
  }

  // ------------------------------------------------------------ a stock

  async stock(code) {
    this.code = code;
    this.begin(`${this.model.stocks.get(code)?.name || code} ${code}`);
    const body = element("div", "stock");
    this.node.append(body);
    body.append(element("p", "none", t("loading")));
    const answer = await fetch(`/board/stock/${encodeURIComponent(code)}.json`).catch(() => null);
    if (this.code !== code) return;
    if (!answer || !answer.ok) return body.replaceChildren(element("p", "none", t("failed", { why: answer ? answer.status : "" })));
    const told = await answer.json();
    this.node.querySelector(".title").textContent = `${told.name || code} ${code}`;
    body.replaceChildren(this.price(told), this.within(told), this.outcomes(told), this.past(told));
  }

  price(told) {
    const node = element("p", "figure");
    const way = direction(told.change);
    for (const text of [number(told.price), change(told.change), percent(told.rate)]) {
      const part = element("b", "", text);
      part.dataset.way = way;
      node.append(part);
    }
    if (told.volume) node.append(element("span", "dim", `${t("col.volume")} ${number(told.volume)}`));
    if (told.price_at) node.append(element("span", "faint", clock(told.price_at)));
    return node;
  }

  within(told) {
    const node = part("stock.now");
    const names = Object.entries(told.conditions);
    if (!names.length) node.append(element("p", "none", t("stock.none")));
    else node.append(table(["conditions", "at", "entry", "return", "high", "low"], names.map(([name, stay]) => [
      name,
      `${stay.left ? `${t("leave")} ${clock(stay.left)}` : clock(stay.at)}`,
      number(stay.entry_price), coloured(returned(stay.entry_price, told.price)), number(stay.high), number(stay.low),
    ])));
    return node;
  }

  outcomes(told) {
    const node = part("stock.outcomes");
    const priced = told.outcomes.filter((each) => each.priced);
    if (!priced.length) node.append(element("p", "none", t("stock.unpriced")));
    else node.append(table(["conditions", "after", "return", "entries"], priced.map((each) => [
      each.condition.name, after(each.after), coloured(each.median), t("entries", { n: each.entries, m: each.priced }),
    ])));
    return node;
  }

  past(told) {
    const node = part("stock.events");
    if (!told.events.length) node.append(element("p", "none", t("empty.events")));
    const list = element("ol", "past");
    for (const each of [...told.events].reverse()) {
      const enters = each.event === "enter";
      const line = element("li", "event");
      line.append(element("time", "t", clock(each.at)), element("span", `sign ${enters ? "up" : "down"}`, enters ? "▲" : "▽"), element("span", "what", `${each.condition.name} ${t(each.event)}`), element("span", "where", each.origin === "recovered" ? t("recovered") : ""));
      list.append(line);
    }
    node.append(list);
    return node;
  }
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

function coloured(value) {
  const node = element("b", "", percent(value));
  node.dataset.way = direction(value);
  return node;
}

function table(columns, rows) {
  const node = element("table", "small");
  const head = element("tr");
  for (const name of columns) head.append(element("th", "", has(`col.${name}`) ? t(`col.${name}`) : has(name) ? t(name) : "", { scope: "col" }));
  const body = element("tbody");
  for (const cells of rows) {
    const row = element("tr");
    for (const cell of cells) {
      const made = element("td");
      made.append(cell ?? "");
      row.append(made);
    }
    body.append(row);
  }
  const top = element("thead");
  top.append(head);
  node.append(top, body);
  return node;
}
