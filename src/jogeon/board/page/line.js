// The line on top and the banner below it: connected or not, how fresh, how much was missed, whether it is recorded.
import { clock, korean, length, put, visible } from "./format.js";
import { t } from "./words.js";

const node = (id) => document.getElementById(id);

export class Line {
  constructor(model, now) {
    Object.assign(this, { model, now });
    this.away = false;
    this.shut = false;
  }

  draw() {
    const { status } = this.model;
    const trouble = status.trouble;
    const state = this.away ? "away" : trouble ? trouble.state : status.state || "connecting";
    const good = state === "connected";
    put(node("link"), `${good ? "●" : "▲"} ${t(state)}`);
    node("link").className = `state ${good ? "good" : "bad"}`;
    document.body.classList.toggle("stale", !good);
    put(node("server"), this.server(status.server));
    const age = status.heard ? Math.max(0, (this.now() - Date.parse(status.heard)) / 1000) : null;
    put(node("heard"), age === null || this.away ? "" : t("heard", { s: Math.floor(age) }));
    node("heard").classList.toggle("warn", age !== null && age > 40);
    const gaps = status.gaps || { count: 0, seconds: 0 };
    put(node("gaps"), gaps.count ? t("gaps", { n: gaps.count, s: length(gaps.seconds) }) : t("gaps.none"));
    node("gaps").classList.toggle("warn", gaps.count > 0);
    put(node("journal"), t(status.journal ? "journal.bad" : "journal.good"));
    node("journal").classList.toggle("warn", Boolean(status.journal));
    put(node("programs"), t("programs", { n: status.consumers ?? 0 }));
    put(node("clock"), clock(this.now()));
    this.banner(trouble, status);
  }

  server(server) {
    if (!server) return "";
    if (server === "demo") return `${t("demo")} · ${t("demo.note")}`;
    const known = server === "real" || server === "mock";
    return `${known ? t(server) : server}${known && !open(this.now()) ? ` · ${t("closed")}` : ""}`;
  }

  banner(trouble, status) {
    let text = "";
    if (this.shut) text = t("banner.shut");
    else if (this.away) text = t("banner.away", { at: clock(this.last) });
    else if (trouble?.state === "taken" || trouble?.state === "ended") text = t(`banner.${trouble.state}`, { at: clock(trouble.since) });
    else if (trouble) text = t("banner.blind", { for: length((this.now() - Date.parse(trouble.since)) / 1000), at: clock(trouble.since) }) + (trouble.pause ? t("banner.pause", { s: Math.ceil(trouble.pause) }) : "");
    else if (status.journal) text = t("banner.journal", { why: status.journal });
    const banner = node("banner");
    banner.hidden = !text;
    banner.title = visible(trouble?.cause || "");
    put(banner, text);
  }
}

// KRX and NXT together trade from 08:00 to 20:00 on weekdays, Korean time.
function open(now) {
  const there = korean(now);
  return there.getUTCDay() % 6 !== 0 && there.getUTCHours() >= 8 && there.getUTCHours() < 20;
}
