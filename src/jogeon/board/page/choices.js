// What a person has chosen: kept in this browser, and in the address, so that a view can be bookmarked.

const KEY = "jogeon-board";
const DEFAULTS = { chosen: [], sort: "at", down: true, query: "", hideLeft: false, sounds: [], muted: true, theme: "auto", lang: null, tab: "stocks" };

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
}

function addressed() {
  const asked = new URLSearchParams(location.search);
  const found = {};
  if (asked.has("c")) found.chosen = asked.getAll("c").filter(Boolean);
  if (asked.has("sort")) [found.sort, found.down] = [asked.get("sort").replace(/^-/, ""), asked.get("sort").startsWith("-")];
  if (asked.has("q")) found.query = asked.get("q");
  return found;
}

export const choices = { ...DEFAULTS, ...kept(), ...addressed() };
if (!choices.lang) choices.lang = (navigator.languages || []).some((each) => each.startsWith("ko")) || !navigator.language ? "ko" : navigator.language.startsWith("en") ? "en" : "ko";

export function choose(changes) {
  Object.assign(choices, changes);
  const { query, ...rest } = choices;
  try {
    localStorage.setItem(KEY, JSON.stringify(rest));
  } catch {
    // a browser that keeps nothing forgets what was chosen, and shows the page all the same
  }
  if (location.pathname === "/") history.replaceState(history.state, "", address());
}

export function address() {
  const asked = new URLSearchParams();
  for (const name of choices.chosen) asked.append("c", name);
  if (choices.sort !== DEFAULTS.sort || !choices.down) asked.set("sort", `${choices.down ? "-" : ""}${choices.sort}`);
  if (choices.query) asked.set("q", choices.query);
  const text = asked.toString();
  return text ? `/?${text}` : "/";
}
