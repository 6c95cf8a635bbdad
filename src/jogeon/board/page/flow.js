// The members of a condition over the day: from the journal, then as they change. Where nobody listened is hatched.
import { choices } from "./choices.js";
import { clock, element, number, put, visible } from "./format.js";
import { thinned } from "./model.js";
import { Plot } from "./plot.js";
import { t } from "./words.js";

const RENEW = 1_000;
const MOST = 4_000; // points: more than a screen is wide

export class Flow {
  constructor(model, node, what, buttons) {
    Object.assign(this, { model, node, what, told: null });
    this.name = null;
    this.asked = 0;
    this.plot = new Plot(node, { range, onPoint: (at, count) => this.point(at, count), buttons });
    this.timer = setInterval(() => this.renew(), RENEW);
  }

  show(name) {
    if (name === this.name && this.told && this.loaded === this.model.loaded) return;
    if (name !== this.name) {
      this.told = null;
      this.plot.clear();
      put(this.what, name || "");
    }
    this.name = name;
    return this.load();
  }

  end() {
    clearInterval(this.timer);
    this.name = null;
    this.plot.end();
  }

  async load() {
    const name = this.name;
    if (!name) return this.draw();
    const asked = (this.asked += 1);
    this.loaded = this.model.loaded;
    const answer = await fetch(`/board/timeline.json?condition=${encodeURIComponent(name)}`).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (asked !== this.asked || name !== this.name) return;
    if (told) this.told = { ...told, points: [...told.points], gaps: [...told.gaps] };
    this.draw();
  }

  // What changed since the journal was asked.
  touched({ conditions, events }) {
    if (!this.told || !conditions.includes(this.name)) return;
    const { points, gaps } = this.told;
    const unheard = events.filter((each) => each.event === "gap" && each.condition.name === this.name);
    gaps.push(...unheard);
    const series = this.model.conditions.get(this.name)?.series || [];
    const last = points.length ? points[points.length - 1][0] : 0;
    const now = unheard.reduce(blinded, [...points, ...series.filter(([at]) => at > last)]);
    this.told.points = thinned(now, MOST);
  }

  // Time passes also while nothing changes, and an outage grows while it lasts.
  renew() {
    if (!document.hidden && this.node.offsetParent && this.told) this.draw();
  }

  draw() {
    let points = this.told?.points || [];
    if (!points.length) {
      if (!this.plot.plot) this.node.replaceChildren(element("p", "none", t("flow.empty")));
      return;
    }
    const until = this.model.now;
    const blind = this.model.conditions.get(this.name)?.blind_since;
    const last = points[points.length - 1][1];
    const lasting = blind && { since: blind, until: new Date(until).toISOString() };
    const gaps = lasting ? [...this.told.gaps, lasting] : this.told.gaps;
    if (lasting) points = blinded(points, lasting);
    this.node.setAttribute("aria-label", visible(`${this.name} ${clock(points[0][0])} ~ ${clock(until)}: ${number(last)}`));
    this.plot.draw({ points, gaps, until: Math.max(until, points[points.length - 1][0]) });
  }

  point(at, count) {
    put(this.what, `${this.name || ""}${at === null ? "" : ` ${clock(at)} ${t("stocks", { n: number(count) })}`}`);
  }

  fit() {
    this.plot.fit();
    this.renew();
  }

  recolour() {
    this.plot.recolour();
  }
}

// Points without those of a stretch in which nobody listened.
function blinded(points, { since, until }) {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  const before = points.filter(([at]) => at <= from);
  return [...before, [from, null], ...points.filter(([at, count]) => at >= to && count !== null)];
}

function range(low, high) {
  return [Math.max(0, Math.floor((low ?? 0) - 1)), Math.ceil((high ?? 1) + 1)];
}

export function flowName(model) {
  const shown = model.shown(choices.chosen);
  return shown.find((name) => model.conditions.get(name)?.members) || shown[0] || null;
}
