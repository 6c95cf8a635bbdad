// A list with one stop for Tab: arrows move between its items, Enter opens one, a click too.
export function rove(list, open) {
  const items = () => [...list.querySelectorAll("[data-code]")];
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-code]");
    if (item && !String(getSelection())) open(item.dataset.code);
  });
  list.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-code]");
    if (event.key === "Enter" && item) return open(item.dataset.code);
    const all = items();
    const at = all.indexOf(item);
    const to = { ArrowDown: all[at + 1], ArrowUp: at > 0 ? all[at - 1] : list, Home: all[0], End: all[all.length - 1] }[event.key];
    if (!to) return;
    event.preventDefault();
    if (to !== list) to.tabIndex = -1;
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  });
}
