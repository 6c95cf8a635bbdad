// A line over time that is drawn as it was heard: steps, hatched where nobody listened, marks where something happened.
// It is zoomed by dragging, by the keys + − 0 and arrows, and by buttons where there is room for them.
import uPlot from "./uPlot.esm.js"; // lies in vendor/, and is served beside this file
import { clock, element, number } from "./format.js";
import { t } from "./words.js";

const NARROWEST = 1; // seconds
const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 86_400];
const WHOLE = Array.from({ length: 24 }, (_, at) => [1, 2, 5][at % 3] * 10 ** Math.floor(at / 3));

export class Plot {
  constructor(node, { range, onPoint, buttons }) {
    Object.assign(this, { node, range, onPoint, plot: null, zoomed: false, gaps: [], marks: [] });
    this.sized = new ResizeObserver(() => this.fit());
    this.sized.observe(node);
    this.keyed = (event) => this.key(event);
    node.tabIndex = 0;
    node.addEventListener("keydown", this.keyed);
    if (buttons) buttons.append(...this.buttons());
  }

  buttons() {
    return [["＋", "zoom.in", () => this.zoom(0.5)], ["−", "zoom.out", () => this.zoom(2)], ["↺", "zoom.reset", () => this.reset()]].map(([sign, key, act]) => {
      const made = element("button", "", sign, { type: "button", title: t(key), "aria-label": t(key) });
      made.addEventListener("click", act);
      return made;
    });
  }

  // `points`: [milliseconds, value or null]; `gaps`: {since, until}; `marks`: [milliseconds, value or null, "up" or "down"].
  draw({ points, gaps, marks = [], until }) {
    this.gaps = gaps.map((gap) => [Date.parse(gap.since) / 1000, Date.parse(gap.until) / 1000]);
    this.marks = marks;
    const data = steps(points);
    data[0].push(until / 1000);
    data[1].push(data[1][data[1].length - 1]);
    if (!this.plot) this.plot = this.make(data);
    else if (!this.zoomed) this.plot.setData(data);
    else {
      this.plot.setData(data, false);
      this.plot.redraw(true);
    }
  }

  clear() {
    this.plot?.destroy();
    this.plot = null;
    this.zoomed = false;
    this.node.replaceChildren();
  }

  end() {
    this.clear();
    this.sized.disconnect();
    this.node.removeEventListener("keydown", this.keyed);
  }

  make(data) {
    const { node } = this;
    node.replaceChildren();
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const font = `11px ${css.getPropertyValue("--font")}`;
    const axis = { stroke: () => colour("--dim"), font, ticks: { show: false }, space: 72, grid: { stroke: () => colour("--line"), width: 1 } };
    const high = Math.max(...data[1].filter((each) => each !== null));
    const options = {
      ...this.size(),
      legend: { show: false },
      cursor: { y: false, points: { size: 6, fill: () => colour("--ink") } },
      padding: [10, 30, 0, 4],
      scales: { x: { time: true }, y: { range: (_, low, top) => this.range(low, top) } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Asia/Seoul"),
      axes: [
        { ...axis, incrs: TIMES, values: (_, splits) => splits.map((each) => clock(each * 1000).slice(0, splits.length > 1 && splits[1] - splits[0] < 60 ? 8 : 5)), size: 22 },
        { ...axis, space: 28, incrs: WHOLE, values: (_, splits) => splits.map(number), size: 22 + 7 * number(high || 0).length },
      ],
      series: [{}, { stroke: () => colour("--ink"), width: 1.5, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, spanGaps: false }],
      hooks: {
        drawClear: [(plot) => this.shade(plot, colour("--faint"))],
        draw: [(plot) => this.mark(plot, { up: colour("--up"), down: colour("--down") })],
        setScale: [(plot, key) => key === "x" && (node.dataset.zoomed = this.zoomed = isZoomed(plot))],
        setCursor: [(plot) => this.point(plot)],
      },
    };
    return new uPlot(options, data, node);
  }

  point(plot) {
    const at = plot.cursor.idx;
    const value = at === null || at === undefined ? null : plot.data[1][at];
    this.onPoint(value === null ? null : plot.data[0][at] * 1000, value);
  }

  // ------------------------------------------------------------ what is drawn besides the line

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

  // ▲ below the line where a stock entered, ▽ above it where it left; at the bottom where the price is not known.
  mark(plot, colours) {
    const { ctx, bbox } = plot;
    const size = 5 * devicePixelRatio;
    ctx.save();
    ctx.lineWidth = 1.4 * devicePixelRatio;
    for (const [at, value, way] of this.marks) {
      const x = plot.valToPos(at / 1000, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      const sign = way === "up" ? 1 : -1;
      const y = value === null ? bbox.top + bbox.height - 2 * size : plot.valToPos(value, "y", true) + sign * size * 0.8;
      const base = value === null && sign < 0 ? y : y + (value === null ? 2 * size : sign * 1.8 * size);
      const tip = value === null && sign < 0 ? y + 2 * size : y;
      ctx.beginPath();
      ctx.moveTo(x, tip);
      ctx.lineTo(x - size, base);
      ctx.lineTo(x + size, base);
      ctx.closePath();
      ctx.fillStyle = ctx.strokeStyle = colours[way];
      way === "up" ? ctx.fill() : ctx.stroke();
    }
    ctx.restore();
  }

  // ------------------------------------------------------------ zoom

  get whole() {
    const moments = this.plot.data[0];
    return [moments[0], moments[moments.length - 1]];
  }

  zoom(by) {
    if (!this.plot) return;
    const { min, max } = this.plot.scales.x;
    this.show((min + max) / 2, Math.max(NARROWEST, (max - min) * by));
  }

  pan(share) {
    if (!this.plot) return;
    const { min, max } = this.plot.scales.x;
    this.show((min + max) / 2 + (max - min) * share, max - min);
  }

  show(middle, wide) {
    const [from, until] = this.whole;
    const width = Math.min(wide, until - from);
    const min = Math.min(Math.max(from, middle - width / 2), until - width);
    this.plot.setScale("x", { min, max: min + width });
  }

  reset() {
    if (!this.plot) return;
    const [min, max] = this.whole;
    this.plot.setScale("x", { min, max });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), 0: () => this.reset(), ArrowLeft: () => this.pan(-0.25), ArrowRight: () => this.pan(0.25) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // ------------------------------------------------------------ size and colours

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

function isZoomed(plot) {
  const { min, max } = plot.scales.x;
  return min > plot.data[0][0] || max < plot.data[0][plot.data[0].length - 1];
}

// A value holds until the next one, also up to where nobody listened any more.
function steps(points) {
  const data = [[], []];
  let before = null;
  for (const [at, value] of points) {
    if (value === null && before !== null) {
      data[0].push(at / 1000);
      data[1].push(before);
    }
    data[0].push(at / 1000);
    data[1].push(value);
    before = value;
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
