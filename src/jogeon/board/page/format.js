// Numbers and moments as the page shows them. Korean time, exact digits, sign and shape beside every colour.
import { has, t } from "./words.js";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const number = (value) => (value === null || value === undefined ? "" : whole.format(value));

// A moment whose UTC fields are those of a clock in Korea.
export const korean = (moment) => new Date(moment + 9 * 3600_000);

export function clock(moment) {
  if (moment === null || moment === undefined) return "";
  return korean(typeof moment === "number" ? moment : Date.parse(moment)).toISOString().slice(11, 19);
}

export function percent(value) {
  if (value === null || value === undefined) return "";
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return "0.00%";
  return `${value > 0 ? "+" : "−"}${text}%`;
}

export function direction(value) {
  if (value === null || value === undefined) return "";
  const rounded = Math.round(value * 100);
  return rounded > 0 ? "up" : rounded < 0 ? "down" : "flat";
}

const SIGNS = { "limit-up": "↑", "limit-down": "↓" };

export function change(value, sign) {
  if (value === null || value === undefined) return "";
  return value > 0 ? `${SIGNS[sign] || "▲"} ${number(value)}` : value < 0 ? `${SIGNS[sign] || "▼"} ${number(-value)}` : "0";
}

export function length(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t("seconds", { n: whole });
  if (whole < 3600) return t("minutes", { n: Math.floor(whole / 60), s: whole % 60 });
  return t("hours", { n: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
}

export function returned(entry, price) {
  return entry && price ? ((price - entry) / entry) * 100 : null;
}

const HARMLESS = /^[ -~가-힣ㄱ-ㅣ一-鿿]*$/;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{16fe4}\u{1d159}\u{e0100}-\u{e01ef}]/gu;
const MARKS = /([\p{Mn}\p{Me}\u1161-\u11ff\ud7b0-\ud7fb]{4})[\p{Mn}\p{Me}\u1161-\u11ff\ud7b0-\ud7fb]+/gu;

// A text from outside as it may be shown: nothing that turns the writing round, hides, or grows over other lines.
export function visible(text) {
  const plain = String(text);
  if (HARMLESS.test(plain)) return plain;
  return plain.replace(/\s/g, " ").replace(UNSEEN, "?").replace(MARKS, "$1?");
}

// Whether a spreadsheet may run a text as a formula, as visible.py tells.
export function isFormula(text) {
  const [head = ""] = text.replace(UNSEEN, "").trimStart();
  return "=+-@\u2212".includes(head.normalize("NFKC")[0] ?? " ") || /^[\t\r\n]/.test(text);
}

// A text of which no cell of a spreadsheet is run, also where one splits a CSV at ";", as visible.py tells.
export function guarded(text) {
  const runs = (piece, place) => isFormula(place ? piece.replaceAll('"', "") : piece);
  return text.split(";").map((piece, place) => (runs(piece, place) ? `'${piece}` : piece)).join(";");
}

// A cell for a spreadsheet, in a file or pasted: harmless to see, and never run.
export function sheetCell(cell) {
  const text = String(cell);
  return typeof cell !== "string" || /^[+-]?\d+(\.\d+)?$/.test(text) ? text : visible(guarded(text));
}

const TOLD = ["title", "aria-label"]; // the attributes that people are given; the page itself reads others

export function element(tag, classes, text, more) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text !== undefined && text !== null) made.textContent = visible(text);
  for (const [name, value] of Object.entries(more || {})) made.setAttribute(name, TOLD.includes(name) ? visible(value) : value);
  return made;
}

// The key that was typed, also where the keyboard writes Hangul.
export function letter(event) {
  const found = /^Key([A-Z])$/.exec(event.code || "");
  return found && !/^[\x20-\x7e]$/.test(event.key) ? found[1].toLowerCase() : event.key;
}

export function put(node, text) {
  const shown = visible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

export function coloured(value) {
  const node = element("b", "", percent(value));
  node.dataset.way = direction(value);
  return node;
}

// A small table; its first columns are text, the others numbers.
export function table(columns, rows, texts) {
  const node = element("table", "small");
  const head = element("tr");
  const kind = (at) => (at < texts ? "text" : "");
  columns.forEach((name, at) => head.append(element("th", kind(at), has(`col.${name}`) ? t(`col.${name}`) : t(name), { scope: "col" })));
  const body = element("tbody");
  for (const cells of rows) {
    const row = element("tr");
    cells.forEach((cell, at) => {
      const made = element("td", kind(at));
      made.append(typeof cell === "string" ? visible(cell) : (cell ?? ""));
      row.append(made);
    });
    body.append(row);
  }
  const top = element("thead");
  top.append(head);
  node.append(top, body);
  return node;
}
