// The views besides the board itself: a stock, a day enlarged, the alerts. Each has its address, and its .json beside it.
import { AlertList } from "./alerts.js";
import { Flow, flowName } from "./flow.js";
import { element } from "./format.js";
import { Stock } from "./stock.js";
import { t } from "./words.js";

export class Pages {
  constructor(model, alerts) {
    Object.assign(this, { model, alerts });
    this.node = document.getElementById("page");
    this.main = document.getElementById("main");
    this.shown = null; // what is in it: anything with end(), and maybe recolour() and touched()
  }

  get open() {
    return !this.node.hidden;
  }

  leave() {
    this.node.hidden = true;
    this.main.classList.remove("paged");
    this.shown?.end();
    this.shown = null;
    this.node.replaceChildren();
  }

  recolour() {
    this.shown?.recolour?.();
  }

  touched(changed) {
    this.shown?.touched?.(changed);
  }

  begin(text, data) {
    this.shown?.end();
    this.shown = null;
    this.node.hidden = false;
    this.main.classList.add("paged");
    const head = element("h2");
    const title = element("span", "title", text, { tabindex: "-1" });
    const json = element("a", "json", "JSON", { href: data, target: "_blank", rel: "noopener", title: t("json.hint") });
    head.append(element("a", "back", t("back"), { href: "/" }), title, json);
    this.node.replaceChildren(head);
    title.focus();
    return head;
  }

  timeline(name) {
    const chosen = name || flowName(this.model) || "";
    const head = this.begin(t("flow"), `/board/timeline.json?condition=${encodeURIComponent(chosen)}`);
    const what = element("span", "faint");
    const pick = element("select", "", null, { "aria-label": t("conditions") });
    for (const each of this.model.conditions.keys()) pick.append(element("option", "", each, each === chosen ? { value: each, selected: "" } : { value: each }));
    pick.addEventListener("change", () => dispatchEvent(new CustomEvent("go", { detail: `/board/timeline?condition=${encodeURIComponent(pick.value)}` })));
    const buttons = element("span", "zooms");
    head.querySelector(".title").after(pick, buttons, what);
    const plot = element("div", "big", null, { role: "group", "aria-label": t("flow") });
    this.node.append(plot, element("p", "faint hint", t("flow.hint")));
    this.shown = new Flow(this.model, plot, what, buttons);
    this.shown.show(chosen);
  }

  stock(code) {
    const head = this.begin(code, `/board/stock/${encodeURIComponent(code)}.json`);
    const body = element("div", "stock");
    this.node.append(body);
    this.shown = new Stock(this.model, body, head.querySelector(".title"), code);
  }

  alerted() {
    this.begin(t("alerts.today"), "/board/alerts.json");
    const body = element("div", "stock");
    this.node.append(body);
    this.shown = new AlertList(this.alerts, body);
  }
}
