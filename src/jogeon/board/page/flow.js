// The members of a condition over the day, from the journal; where nobody listened is hatched and never bridged.
import uPlot from "./uPlot.esm.js"; // lies in vendor/, and is served beside this file
import { choices } from "./choices.js";
import { clock, element, number, put } from "./format.js";
import { t } from "./words.js";

const RENEW = 15_000;

export class Flow {
  constructor(model, node, what) {
    Object.assign(this, { model, node, what });
    this.name = null;
    this.plot = null;
    this.zoomed = false;
    this.asked = 0;
    new ResizeObserver(() => this.fit()).observe(node);
    setInterval(() => this.renew(), RENEW);
  }

  show(name) {
    if (name === this.name && this.plot) return this.renew();
    this.name = name;
    this.clear();
    put(this.what, name || "");
    return this.load();
  }

  clear() {
    this.plot?.destroy();
    this.plot = null;
    this.zoomed = false;
    this.node.replaceChildren();
  }

  renew() {
    if (!document.hidden && this.node.offsetParent && !this.zoomed) this.load();
  }

  async load() {
    const name = this.name;
    if (!name) return;
    const asked = (this.asked += 1);
    const answer = await fetch(`/board/timeline.json?condition=${encodeURIComponent(name)}`).catch(() => null);
    if (asked !== this.asked || name !== this.name) return;
    if (!answer || !answer.ok) return this.say(t("flow.empty"));
    this.draw(await answer.json());
  }

  say(text) {
    if (!this.plot) this.node.replaceChildren(element("p", "none", text));
  }

  draw(told) {
    const { points } = told;
    if (!points.length) return this.say(t("flow.empty"));
    this.gaps = told.gaps.map((gap) => [Date.parse(gap.since) / 1000, Date.parse(gap.until) / 1000]);
    const end = Date.parse(told.until);
    const data = steps(points);
    data[0].push(end / 1000);
    data[1].push(data[1][data[1].length - 1]);
    const last = points[points.length - 1][1];
    this.node.setAttribute("aria-label", `${told.condition} ${clock(points[0][0])} ~ ${clock(end)}: ${number(last)}`);
    if (this.plot) this.plot.setData(data);
    else this.plot = this.make(data);
  }

  make(data) {
    this.node.replaceChildren();
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const font = `11px ${css.getPropertyValue("--font")}`;
    const axis = { stroke: () => colour("--dim"), font, ticks: { show: false }, space: 72, grid: { stroke: () => colour("--line"), width: 1 } };
    const options = {
      ...this.size(),
      legend: { show: false },
      cursor: { y: false, points: { size: 6 } },
      padding: [8, 30, 0, 4],
      scales: { x: { time: true }, y: { range: (_, low, high) => [Math.max(0, Math.floor(low - 1)), Math.ceil((high ?? 1) + 1)] } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Asia/Seoul"),
      axes: [
        { ...axis, values: (_, splits) => splits.map((each) => clock(each * 1000).slice(0, splits.length > 1 && splits[1] - splits[0] < 60 ? 8 : 5)), size: 22 },
        { ...axis, space: 28, values: (_, splits) => splits.map((each) => (Number.isInteger(each) ? number(each) : "")), size: 40 },
      ],
      series: [{}, { stroke: () => colour("--ink"), width: 1.5, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, spanGaps: false }],
      hooks: {
        drawClear: [(plot) => this.shade(plot, colour("--faint"))],
        setScale: [(plot, key) => key === "x" && (this.zoomed = this.isZoomed(plot))],
        setCursor: [(plot) => this.point(plot)],
      },
    };
    return new uPlot(options, data, this.node);
  }

  isZoomed(plot) {
    const { min, max } = plot.scales.x;
    const [from, until] = [plot.data[0][0], plot.data[0][plot.data[0].length - 1]];
    return min > from || max < until;
  }

  point(plot) {
    const at = plot.cursor.idx;
    const count = at === null || at === undefined ? null : plot.data[1][at];
    const told = count === null ? "" : ` ${clock(plot.data[0][at] * 1000)} ${number(count)}`;
    put(this.what, `${this.name}${told}`);
  }

  shade(plot, colour) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = colour;
    for (const [since, until] of this.gaps) {
      const from = plot.valToPos(since, "x", true);
      const wide = Math.max(3, plot.valToPos(until, "x", true) - from);
      hatch(ctx, from, bbox.top, wide, bbox.height);
    }
    ctx.restore();
  }

  size() {
    return { width: Math.max(200, this.node.clientWidth), height: Math.max(60, this.node.clientHeight) };
  }

  fit() {
    if (this.plot && this.node.clientWidth) this.plot.setSize(this.size());
  }

  recolour() {
    this.plot?.redraw(); // its colours are looked up when it is drawn
  }
}

// A number holds until the next one, also up to where nobody listened any more.
function steps(points) {
  const data = [[], []];
  let before = null;
  for (const [at, count] of points) {
    if (count === null && before !== null) {
      data[0].push(at / 1000);
      data[1].push(before);
    }
    data[0].push(at / 1000);
    data[1].push(count);
    before = count;
  }
  return data;
}

function hatch(ctx, left, top, wide, high) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, wide, high);
  ctx.clip();
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let x = left - high; x < left + wide; x += 6 * devicePixelRatio) {
    ctx.moveTo(x, top + high);
    ctx.lineTo(x + high, top);
  }
  ctx.stroke();
  ctx.restore();
}

export function flowName(model) {
  const shown = model.shown(choices.chosen);
  return shown.find((name) => model.conditions.get(name)?.members) || shown[0] || null;
}
