// Puts the page together: loads what is true, listens to what changes, and carries out what a person asks for.
import { Alerts } from "./alerts.js";
import { address, choices, choose } from "./choices.js";
import { Feed } from "./feed.js";
import { Flow, flowName } from "./flow.js";
import { element, korean, letter, put, sheetCell } from "./format.js";
import { Grid } from "./grid.js";
import { Line } from "./line.js";
import { Model } from "./model.js";
import { Pages } from "./pages.js";
import { rove } from "./rove.js";
import { Conditions, Stream } from "./side.js";
import { ready, ring } from "./sound.js";
import { keys, speak, t } from "./words.js";

const narrow = matchMedia("(max-width: 760px)");
const node = (id) => document.getElementById(id);
const model = new Model();
let skew = 0;
const now = () => Date.now() + skew;
speak(choices.lang);
const alerts = new Alerts(model, now, toast);
const pages = new Pages(model, alerts);
const open = (code) => go(`/board/stock/${encodeURIComponent(code)}`);
const grid = new Grid(model, open, now);
const stream = new Stream(model, open);
rove(node("alert-list"), open);
const conditions = new Conditions(model, chosen, watch);
const line = new Line(model, now);
const flow = new Flow(model, node("flow-plot"), node("flow-what"));
let feed = null;
let loading = null;
const waiting = [];

// ------------------------------------------------------------ data

async function load() {
  const answer = await fetch("/board/state.json").catch(() => null);
  if (answer && (answer.status === 401 || answer.status === 403)) line.shut = true;
  if (!answer || !answer.ok) {
    line.away = true;
    line.draw();
    setTimeout(reload, 1_000);
    return;
  }
  const state = await answer.json();
  skew = Date.parse(state.now) - Date.now();
  line.shut = line.away = false;
  line.last = now();
  model.load(state);
  draw();
  feed ||= new Feed(take, reload, away);
  feed.position = model.position;
  feed.heard = Date.now();
}

function reload() {
  loading ||= load().finally(() => {
    loading = null;
    for (const diff of waiting.splice(0)) take(diff);
  });
}

function take(diff) {
  if (loading) return waiting.push(diff);
  const changed = model.take(diff);
  if (!changed) return reload();
  line.last = Date.parse(diff.now);
  if (changed.conditions.length) conditions.some(changed.conditions);
  if (changed.codes.length || changed.conditions.length) grid.some(changed.codes);
  if (changed.events.length) {
    stream.some(changed.events);
    sound(changed.events);
  }
  pages.touched(changed);
  flow.touched(changed);
  line.draw();
  alerts.look();
}

function away(is) {
  line.away = is;
  line.draw();
  if (is) probe();
}

// A hub that came back under another cookie answers 403: only a fresh link helps.
async function probe() {
  if (!line.away) return;
  const answer = await fetch("/board/state.json", { method: "HEAD" }).catch(() => null);
  if (answer && answer.status === 403) (line.shut = true), line.draw();
  else if (line.away) setTimeout(probe, 2_000);
}

function sound(events) {
  if (choices.muted || !feed?.leads) return;
  if (events.some((each) => each.event === "enter" && each.origin === "live" && choices.sounds.includes(each.condition.name))) ring();
}

async function watch(name, on) {
  const answer = await fetch("/board/watch", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name, on }) }).catch(() => null);
  if (answer?.ok) return;
  const why = answer ? (await answer.json().catch(() => ({}))).error || answer.status : t("away");
  toast(t("watch.failed", { why }));
  throw new Error(why);
}

// ------------------------------------------------------------ drawing

function draw() {
  conditions.all();
  node("all").setAttribute("aria-pressed", String(!choices.chosen.length));
  grid.all();
  stream.all();
  line.draw();
  alerts.look();
  where();
  route();
}

function chosen() {
  grid.all();
  where();
  flow.show(flowName(model));
}

// The data of what is shown: that of a condition if it is the only one.
function where() {
  const [name, ...more] = choices.chosen;
  node("json").href = name && !more.length ? `/board/${encodeURIComponent(name)}.json` : "/board/state.json";
}

function words() {
  speak(choices.lang);
  document.title = t("title");
  for (const each of document.querySelectorAll("[data-t]")) put(each, t(each.dataset.t));
  const filter = node("filter");
  filter.placeholder = t(narrow.matches ? "filter.short" : "filter");
  filter.setAttribute("aria-label", t("filter.label"));
  for (const [id, text, hint] of [["left", "left.hide", "left.hint"], ["copy", "copy", "copy.hint"], ["flow-open", "flow.open", "flow.hint"]]) {
    put(node(id), t(text));
    node(id).title = t(hint);
  }
  node("csv").title = t("csv.hint");
  node("all").title = t("all.hint");
  node("json").title = t("json.hint");
  node("sound").title = t("sound.hint");
  node("help-open").setAttribute("aria-label", t("help"));
  put(node("lang"), choices.lang === "ko" ? "English" : "한국어");
  node("lang").lang = choices.lang === "ko" ? "en" : "ko";
  buttons();
  help();
}

function buttons() {
  put(node("sound"), t(choices.muted ? "sound.off" : "sound.on"));
  node("sound").setAttribute("aria-pressed", String(!choices.muted));
  put(node("theme"), `${t("theme")} ${t(`theme.${choices.theme}`)}`);
  document.documentElement.dataset.theme = choices.theme;
  node("left").setAttribute("aria-pressed", String(choices.hideLeft));
  node("main").dataset.tab = choices.tab;
  for (const tab of node("tabs").children) tab.setAttribute("aria-pressed", String(tab.dataset.tab === choices.tab));
}

function help() {
  const list = element("dl");
  for (const [key, what] of keys()) list.append(element("dt", "", key), element("dd", "", what));
  const close = element("button", "", t("close"), { type: "button" });
  close.addEventListener("click", () => node("help").close());
  const title = element("h2", "", t("help"), { id: "help-title" });
  node("help").replaceChildren(title, list, close);
}

function toast(text) {
  const shown = node("toast");
  put(shown, text);
  shown.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (shown.hidden = true), 4_000);
}

// ------------------------------------------------------------ addresses

function go(to) {
  history.pushState(null, "", to);
  route();
}

function route() {
  const { pathname, search } = location;
  const stock = pathname.match(/^\/board\/stock\/(.+)$/);
  if (stock) pages.stock(decodeURIComponent(stock[1]));
  else if (pathname === "/board/timeline") pages.timeline(new URLSearchParams(search).get("condition"));
  else if (pathname === "/board/alerts") pages.alerted();
  else {
    const was = pages.open;
    const named = pathname.match(/^\/board\/(.+)$/);
    if (named) conditions.pick([decodeURIComponent(named[1])]);
    pages.leave();
    history.replaceState(history.state, "", address());
    flow.show(flowName(model));
    if (was) grid.focus();
  }
}

// ------------------------------------------------------------ what a person does

function mute() {
  ready();
  choose({ muted: !choices.muted });
  buttons();
}

function theme() {
  const order = ["auto", "light", "dark"];
  choose({ theme: order[(order.indexOf(choices.theme) + 1) % 3] });
  buttons();
  recolour();
}

function recolour() {
  flow.recolour();
  pages.recolour();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
narrow.addEventListener("change", words);

function language() {
  choose({ lang: choices.lang === "ko" ? "en" : "ko" });
  words();
  grid.head();
  grid.rows.forEach((made) => made.node.remove());
  grid.rows.clear();
  alerts.draw();
  draw();
}

function left() {
  choose({ hideLeft: !choices.hideLeft });
  buttons();
  grid.all();
}

async function copy() {
  const lines = grid.table();
  const text = lines.map((cells) => cells.map(sheetCell).join("\t")).join("\n");
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied", { n: lines.length - 1 }));
  } catch {
    toast(t("copy.failed"));
  }
}

function csvCell(cell) {
  const safe = sheetCell(cell);
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csv() {
  const text = grid.table().map((cells) => cells.map(csvCell).join(",")).join("\r\n");
  const url = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" }));
  const day = korean(now()).toISOString().slice(0, 10);
  const link = element("a", "", null, { href: url, download: `jogeon-${day}.csv` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const KEYS = {
  "/": () => node("filter").focus(),
  "?": () => node("help").showModal(),
  x: left,
  c: copy,
  v: csv,
  s: () => node("head").querySelector("[data-sort=" + choices.sort + "]").focus(),
  e: () => node("events").focus(),
  a: () => go("/board/alerts"),
  n: () => alerts.toggle(),
  m: mute,
  d: theme,
  l: language,
  t: () => go(`/board/timeline?condition=${encodeURIComponent(flowName(model) || "")}`),
  g: () => document.querySelector(".pick")?.focus(),
  0: () => conditions.pick([]),
  ArrowDown: () => grid.focus(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && !node("help").open) return escape(event);
  if (event.target.matches("input[type=search], select") || event.defaultPrevented || node("help").open) return;
  if (event.key === "ArrowDown" && (event.target !== document.body || pages.open)) return;
  const digit = Number(event.key);
  const act = KEYS[letter(event)];
  if (digit >= 1 && digit <= 9) {
    const name = [...model.conditions.keys()][digit - 1];
    if (name) conditions.pick([name]);
  } else if (act) {
    event.preventDefault();
    act();
  }
});

function escape(event) {
  if (pages.open) go(address());
  else if (choices.query) {
    node("filter").value = "";
    filtered();
  }
  event.target.blur?.();
}

function filtered() {
  choose({ query: node("filter").value });
  grid.all();
}

addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.id === "flow-open") KEYS.t();
  else go(link.getAttribute("href") === "/" ? address() : link.getAttribute("href"));
});
addEventListener("popstate", route);
addEventListener("go", (event) => go(event.detail));
addEventListener("sounds", () => {
  ready();
  buttons();
});
addEventListener("pointerdown", () => !choices.muted && ready(), { once: true });
node("filter").addEventListener("input", filtered);
node("filter").value = choices.query;
node("left").addEventListener("click", left);
node("copy").addEventListener("click", copy);
node("csv").addEventListener("click", csv);
node("sound").addEventListener("click", mute);
node("theme").addEventListener("click", theme);
node("lang").addEventListener("click", language);
node("help-open").addEventListener("click", KEYS["?"]);
node("head").addEventListener("keydown", (event) => {
  const to = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
  event.target.closest("th")?.[to]?.querySelector("button").focus();
});
for (const tab of node("tabs").children) {
  tab.addEventListener("click", () => {
    choose({ tab: tab.dataset.tab });
    buttons();
    if (choices.tab === "flow") flow.fit();
  });
}
setInterval(() => {
  line.draw();
  grid.ages();
}, 1_000);
words();
reload();
