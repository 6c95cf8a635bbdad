// Beside the grid: the conditions with their count and their day, and the stream of events with its gaps.
import { choices, choose } from "./choices.js";
import { clock, element, letter, number, put, visible } from "./format.js";
import { rove } from "./rove.js";
import { has, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const SHOWN = 200;

export class Conditions {
  constructor(model, onChoose, onWatch) {
    Object.assign(this, { model, onChoose, onWatch });
    this.list = document.getElementById("list");
    this.nodes = new Map();
    this.list.addEventListener("keydown", (event) => this.key(event));
    document.getElementById("all").addEventListener("click", () => this.pick([]));
  }

  all() {
    for (const [name, made] of this.nodes) if (!this.model.conditions.has(name)) (made.node.remove(), this.nodes.delete(name));
    for (const [name, condition] of this.model.conditions) {
      if (!this.nodes.has(name)) this.nodes.set(name, this.make(name));
      const made = this.nodes.get(name);
      this.write(made, condition);
      this.list.append(made.node);
    }
    put(document.getElementById("conditions-count"), number(this.model.conditions.size));
    if (!this.model.conditions.size) this.list.replaceChildren(element("li", "none", t("empty.list")));
    else this.list.querySelector(".none")?.remove();
  }

  some(names) {
    if (names.some((name) => !this.nodes.has(name) || !this.model.conditions.has(name))) return this.all();
    for (const name of names) this.write(this.nodes.get(name), this.model.conditions.get(name));
  }

  make(name) {
    const node = element("li", "condition");
    const box = element("input", "box", null, { type: "checkbox" });
    const pick = element("button", "pick", null, { type: "button" });
    const label = element("span", "name", name);
    const count = element("span", "count");
    const spark = document.createElementNS(SVG, "svg");
    spark.setAttribute("viewBox", "0 0 100 16");
    spark.setAttribute("preserveAspectRatio", "none");
    spark.setAttribute("aria-hidden", "true");
    const bell = element("button", "bell", "♪", { type: "button" });
    pick.append(label, count, spark);
    node.append(box, pick, bell);
    box.addEventListener("change", () => this.onWatch(name, box.checked).catch(() => (box.checked = this.model.conditions.get(name)?.on ?? false)));
    pick.addEventListener("click", () => this.toggle(name));
    bell.addEventListener("click", () => this.ring(name));
    return { node, box, pick, count, spark, bell };
  }

  write(made, condition) {
    const { name, on } = condition;
    if (made.box.checked !== on) made.box.checked = on;
    made.box.setAttribute("aria-label", visible(t(on ? "watch.off" : "watch.on", { name })));
    made.pick.setAttribute("aria-pressed", String(choices.chosen.includes(name)));
    made.pick.title = visible(name);
    put(made.count, on && condition.members !== null ? number(condition.members) : "–");
    made.node.classList.toggle("off", !on);
    made.node.classList.toggle("blind", Boolean(condition.blind_since));
    made.bell.setAttribute("aria-label", visible(t("sound.of", { name })));
    made.bell.setAttribute("aria-pressed", String(choices.sounds.includes(name)));
    this.draw(made.spark, condition.series || [], on);
  }

  draw(svg, points, on) {
    const path = on && points.length ? sparkline(points, Date.now()) : "";
    if (svg.dataset.path === path) return;
    svg.dataset.path = path;
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    svg.replaceChildren(line);
  }

  ring(name) {
    const sounds = choices.sounds.includes(name) ? choices.sounds.filter((each) => each !== name) : [...choices.sounds, name];
    choose({ sounds, muted: sounds.length ? false : choices.muted });
    this.write(this.nodes.get(name), this.model.conditions.get(name));
    dispatchEvent(new CustomEvent("sounds"));
  }

  toggle(name) {
    const { chosen } = choices;
    this.pick(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  }

  pick(chosen) {
    choose({ chosen });
    for (const [name, made] of this.nodes) made.pick.setAttribute("aria-pressed", String(chosen.includes(name)));
    document.getElementById("all").setAttribute("aria-pressed", String(!chosen.length));
    this.onChoose();
  }

  key(event) {
    const node = event.target.closest(".condition");
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { w: ".box", b: ".bell" }[letter(event)];
    if (act) {
      event.preventDefault();
      return node.querySelector(act).click();
    }
    const to = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!to) return;
    event.preventDefault();
    const next = to > 0 ? node.nextElementSibling : node.previousElementSibling;
    next?.querySelector(event.target.matches(".box") ? ".box" : event.target.matches(".bell") ? ".bell" : ".pick").focus();
  }
}

// Steps of a day as a path; where nobody listened there is no line.
function sparkline(points, now) {
  const from = points[0][0];
  const wide = Math.max(now - from, 60_000);
  const counts = points.map((point) => point[1]).filter((count) => count !== null);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const x = (at) => (((at - from) / wide) * 100).toFixed(1);
  const y = (count) => (high === low ? 10 : 14 - ((count - low) / (high - low)) * 12).toFixed(1);
  let path = "";
  let before = null;
  for (const [at, count] of points) {
    if (count === null) path += before === null ? "" : `H${x(at)}`;
    else path += before === null ? `M${x(at)} ${y(count)}` : `H${x(at)}V${y(count)}`;
    before = count;
  }
  return before === null ? path : `${path}H${x(now)}`;
}

export class Stream {
  constructor(model, onOpen) {
    this.model = model;
    this.list = document.getElementById("events");
    this.gap = null; // the last gap block, into which what it ended goes
    rove(this.list, onOpen);
  }

  all() {
    this.list.replaceChildren();
    this.gap = null;
    this.some(this.model.events);
    if (!this.list.childElementCount) this.list.append(element("li", "none", t("empty.events")));
  }

  some(events) {
    if (events.length) this.list.querySelector(".none")?.remove();
    for (const event of events) {
      const node = this.node(event);
      if (node) this.list.prepend(node);
    }
    while (this.list.childElementCount > SHOWN) this.list.lastElementChild.remove();
  }

  node(event) {
    if (event.event === "gap") return this.hole(event);
    if (event.event === "enter" || event.event === "leave") return this.change(event);
    const about = event.condition ? `${event.condition.name} ` : "";
    if (event.event === "state") {
      const key = `state.${event.state}`;
      if (!has(key)) return null;
      const made = note(event, `${about}${t(key)}`);
      made.dataset.state = `${event.state} ${about}`;
      const top = this.list.firstElementChild;
      return top?.dataset.state === made.dataset.state ? null : made; // each attempt is another state
    }
    return note(event, `${about}${t("anomaly")} ${event.name || event.code || ""}`);
  }

  change(event) {
    const enters = event.event === "enter";
    const recovered = event.origin === "recovered";
    if (recovered && this.gap) this.count(enters);
    const made = line(event, `${enters ? "▲" : "▽"} ${t(event.event)}`, enters ? "up" : "down", event.name || event.code, event.condition.name);
    made.dataset.code = event.code;
    if (recovered) {
      made.classList.add("recovered");
      made.title = t("recovered.hint", { since: clock(event.since), until: clock(event.until) });
      made.querySelector(".where").prepend(element("span", "tag", t("recovered")));
    }
    return made;
  }

  // One outage is one block, whatever number of conditions it blinded, and whatever those that are back report meanwhile.
  hole(event) {
    const [since, until] = [Date.parse(event.since), Date.parse(event.until)];
    const gap = this.gap;
    if (gap && gap.event.cause === event.cause && since <= gap.until && until >= gap.since) {
      gap.names.add(event.condition.name);
      [gap.since, gap.until] = [Math.min(gap.since, since), Math.max(gap.until, until)];
      this.describe();
      return null;
    }
    const node = element("li", "gap");
    this.gap = { since, until, node, event, names: new Set([event.condition.name]), in: 0, out: 0 };
    this.describe();
    return node;
  }

  count(enters) {
    this.gap[enters ? "in" : "out"] += 1;
    this.describe();
  }

  describe() {
    const { node, event, names } = this.gap;
    const about = names.size > 1 ? t("gap.many", { n: names.size }) : [...names][0];
    const head = `${t("gap")} ${clock(this.gap.since)} ~ ${clock(this.gap.until)} · ${t(`cause.${event.cause}`)} · ${about}`;
    node.replaceChildren(element("strong", "", head), element("span", "", t(this.gap.in + this.gap.out ? "gap.changes" : "gap.same", this.gap)));
    if (event.detail) node.title = visible(event.detail);
  }
}

function note(event, what) {
  const node = element("li", "event note");
  node.append(element("time", "t", clock(event.at)), element("span", "what", what));
  node.title = visible(what);
  return node;
}

function line(event, sign, way, what, where) {
  const node = element("li", "event");
  node.append(element("time", "t", clock(event.at)), element("span", `sign ${way}`, sign), element("span", "what", what), element("span", "where", where));
  return node;
}
