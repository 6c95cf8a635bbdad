// The whole page as data: the state as it was loaded, and the differences since. No DOM here.

export class Model {
  constructor() {
    this.clear();
  }

  clear() {
    this.run = null;
    this.seq = 0;
    this.position = null;
    this.status = {};
    this.conditions = new Map();
    this.members = new Map();
    this.stocks = new Map();
    this.events = [];
  }

  load(state) {
    this.clear();
    this.loaded = (this.loaded || 0) + 1;
    this.now = Date.parse(state.now); // of the hub's clock, as of what was told last
    Object.assign(this, { run: state.run, seq: state.seq, position: state.position, status: state.status });
    for (const each of state.conditions) this.conditions.set(each.name, each);
    for (const [name, stays] of Object.entries(state.members)) this.members.set(name, new Map(Object.entries(stays)));
    for (const [code, stock] of Object.entries(state.stocks)) this.stocks.set(code, stock);
    this.events = state.events;
  }

  // Takes a difference; returns what it changed, or null if one before it is missing and all must be loaded again.
  take(diff) {
    if (diff.run !== this.run) return null;
    if (diff.seq <= this.seq) return { conditions: [], codes: [], events: [] };
    if (diff.seq !== this.seq + 1) return null;
    this.seq = diff.seq;
    this.position = diff.position;
    this.now = Date.parse(diff.now);
    const codes = new Set(Object.keys(diff.stocks || {}));
    for (const [code, stock] of Object.entries(diff.stocks || {})) this.stocks.set(code, stock);
    for (const [name, stays] of Object.entries(diff.members || {})) this.takeStays(name, stays, codes);
    for (const [name, condition] of Object.entries(diff.conditions || {})) this.takeCondition(name, condition, diff.now);
    if (diff.status) this.status = diff.status;
    const events = this.takeEvents(diff.events || []);
    return { conditions: Object.keys(diff.conditions || {}), codes: [...codes], events };
  }

  takeStays(name, stays, codes) {
    const held = this.members.get(name) || new Map();
    this.members.set(name, held);
    for (const [code, stay] of Object.entries(stays)) {
      codes.add(code);
      if (stay) held.set(code, stay);
      else held.delete(code);
    }
  }

  takeCondition(name, condition, now) {
    if (!condition) {
      this.conditions.delete(name);
      this.members.delete(name);
      return;
    }
    const before = this.conditions.get(name);
    const series = before ? before.series : [];
    const count = condition.blind_since || !condition.on ? null : condition.members;
    if (!series.length || series[series.length - 1][1] !== count) series.push([Date.parse(now), count]);
    this.conditions.set(name, { ...condition, series: thinned(series, 720) });
  }

  takeEvents(events) {
    const last = this.events[this.events.length - 1];
    const fresh = events.filter((each) => !last || each.epoch > last.epoch || (each.epoch === last.epoch && each.n > last.n));
    this.events = [...this.events, ...fresh].slice(-300);
    return fresh;
  }

  // The conditions whose members are shown: those chosen, or all that are followed.
  shown(chosen) {
    const named = chosen.filter((name) => this.conditions.has(name));
    return named.length ? named : [...this.conditions.values()].filter((each) => each.on).map((each) => each.name);
  }

  // One stock as a row: its latest stay in the shown conditions, and all conditions it is in. Null if it is in none.
  row(code, shown) {
    let stay = null;
    for (const name of shown) {
      const found = this.members.get(name)?.get(code);
      if (found && (!stay || later(found, stay))) stay = found;
    }
    if (!stay) return null;
    const stock = this.stocks.get(code) || {};
    const within = [];
    for (const [name, stays] of this.members) if (stays.has(code) && !stays.get(code).left) within.push(name);
    return { code, stay, stock, within };
  }

  codes(shown) {
    const found = new Set();
    for (const name of shown) for (const code of this.members.get(name)?.keys() || []) found.add(code);
    return found;
  }
}

// Points of a line, every other one of them once there are too many; where nobody listened stays.
export function thinned(points, most) {
  if (points.length <= most) return points;
  return points.filter(([, count], at) => at % 2 === 0 || count === null || points[at - 1][1] === null || at === points.length - 1);
}

function later(one, other) {
  if (Boolean(one.left) !== Boolean(other.left)) return !one.left;
  return (one.at || "") > (other.at || "");
}
