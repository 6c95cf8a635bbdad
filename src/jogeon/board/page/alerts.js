// The alerts that rules of jogeon.toml made of the day, what became of them, and a mute for the targets they go to.
import { clock, element, korean, table, visible } from "./format.js";
import { has, t } from "./words.js";

const SHOWN = 30;
const AGAIN = 1_000;

export class Alerts {
  constructor(model, now, toast) {
    Object.assign(this, { model, now, toast, seen: null, told: { alerts: [] }, lists: new Set() });
    this.section = document.getElementById("alerts");
    this.tab = document.querySelector("[data-tab=alerts]");
    this.list = document.getElementById("alert-list");
    this.picker = new Mute(this, document.getElementById("mute"));
  }

  get status() {
    return this.model.status.alerts || null;
  }

  get muted() {
    const until = this.status?.muted_until;
    return until && Date.parse(until) > this.now() ? until : null;
  }

  // Called with each difference: asks for the list again when there is news of it, at most once a second.
  look() {
    const { status } = this;
    this.section.hidden = this.tab.hidden = !status;
    this.picker.draw();
    if (status && this.seen !== status.changes && !this.asking) this.load();
  }

  async load() {
    this.asking = true;
    this.seen = this.status?.changes ?? null;
    const answer = await fetch("/board/alerts.json").catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (told) this.told = told;
    else this.seen = null; // asked again
    this.draw();
    setTimeout(() => {
      this.asking = false;
      if (this.status && this.seen !== this.status.changes) this.load();
    }, AGAIN);
  }

  draw() {
    const shown = grouped(this.told.alerts);
    const lines = shown.slice(0, SHOWN).map(line);
    this.list.replaceChildren(...(lines.length ? lines : [element("li", "none", t("alerts.none"))]));
    for (const each of this.lists) each.draw(shown);
  }

  async mute(minutes) {
    const answer = await fetch("/board/mute", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ minutes }) }).catch(() => null);
    const told = answer ? await answer.json().catch(() => ({})) : {};
    if (!answer?.ok) this.toast(t("watch.failed", { why: told.error || t("away") }));
    else {
      this.model.status = { ...this.model.status, alerts: { ...this.status, muted_until: told.muted_until } };
      this.toast(told.muted_until ? t("mute.until", { at: clock(told.muted_until).slice(0, 5) }) : t("mute.off"));
    }
    this.picker.draw();
    for (const each of this.lists) each.picker?.draw();
  }

  toggle() {
    if (this.status) this.mute(this.muted ? 0 : 60);
  }
}

// How long the targets are left alone: one choice, which shows what is true now.
class Mute {
  constructor(alerts, node) {
    Object.assign(this, { alerts, node, key: null });
    node.addEventListener("change", () => {
      const minutes = node.value === "day" ? this.restOfDay() : Number(node.value);
      this.key = null;
      this.alerts.mute(minutes);
    });
  }

  restOfDay() {
    const there = korean(this.alerts.now());
    return Math.max(1, 24 * 60 - (there.getUTCHours() * 60 + there.getUTCMinutes()));
  }

  draw() {
    const until = this.alerts.muted;
    const key = `${until}${document.documentElement.lang}`;
    if (key === this.key) return;
    this.key = key;
    const now = until ? t("mute.until", { at: clock(until).slice(0, 5) }) : t("mute.off");
    const choices = [["", now], ...(until ? [["0", t("mute.end")]] : []), ["30", t("mute.minutes", { n: 30 })], ["60", t("mute.hour")], ["day", t("mute.day")]];
    this.node.replaceChildren(...choices.map(([value, text]) => element("option", "", text, { value })));
    this.node.value = "";
    this.node.setAttribute("aria-label", t("mute.label"));
    this.node.title = t("mute.hint");
    this.node.classList.toggle("warn", Boolean(until));
  }
}

export class AlertList {
  constructor(alerts, node) {
    Object.assign(this, { alerts, node, picker: null });
    this.body = element("div");
    if (alerts.status) {
      const bar = element("p", "bar");
      const pick = element("select");
      bar.append(pick);
      node.append(bar);
      this.picker = new Mute(alerts, pick);
      this.picker.draw();
    } else node.append(element("p", "none", t("alerts.off")));
    node.append(this.body);
    alerts.lists.add(this);
    alerts.load();
  }

  end() {
    this.alerts.lists.delete(this);
  }

  draw(shown) {
    const rows = shown.map((each) => [
      clock(each.due), each.rule, each.text || each.name || "", each.condition.name, stock(each), each.targets.map((at) => `${at.target} ${fate(at)}`).join(" · "),
    ]);
    this.body.replaceChildren(rows.length ? table(["at.alert", "rule", "text", "conditions", "name", "fate"], rows, 6) : element("p", "none", t("alerts.none")));
  }
}

// One alert goes to several targets: one line with what became of it at each.
function grouped(alerts) {
  const found = new Map();
  for (const each of alerts) {
    const { target, state, reason } = each;
    if (!found.has(each.alert)) found.set(each.alert, { ...each, targets: [] });
    found.get(each.alert).targets.push({ target, state, reason });
  }
  return [...found.values()];
}

function line(alert) {
  const node = element("li", "event alert");
  const bad = alert.targets.find((each) => each.state !== "sent");
  node.append(element("time", "t", clock(alert.due)), element("span", "what", alert.text), element("span", bad ? "where warn" : "where", bad ? fate(bad) : alert.rule));
  node.title = alert.targets.map((each) => visible(`${alert.rule} · ${each.target} ${fate(each)}`)).join("\n");
  if (alert.code) node.dataset.code = alert.code;
  return node;
}

function fate({ state, reason }) {
  const why = reason && (has(`reason.${reason}`) ? t(`reason.${reason}`) : reason);
  return why ? `${t(`fate.${state}`)} (${why})` : t(`fate.${state}`);
}

function stock(alert) {
  return alert.code ? element("a", "", alert.name || alert.code, { href: `/board/stock/${encodeURIComponent(alert.code)}` }) : "";
}
