// The parts of the page as tabs (ARIA Authoring Practices, "tabs"): one is shown, and the address names it.

import { element } from "./dom";

export interface Part {
  /** In the address, behind "#". */
  name: string;
  title: string;
  place: HTMLElement;
  /** Told when it comes into view, as what is left of the filters may have changed. */
  show?: () => void;
}

export interface Tabs {
  bar: HTMLElement;
  open(name: string): void;
  /** Tell the part that is shown. */
  refresh(): void;
}

/** Tabs for some parts, of which the one that the address names is shown, else the first. */
export function makeTabs(parts: Part[]): Tabs {
  const bar = element("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the page" });
  const tabs = parts.map((part) => {
    const { name, title, place } = part;
    const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `part-${name}` }, title);
    place.id = `part-${name}`;
    place.setAttribute("role", "tabpanel");
    place.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => open(part));
    return tab;
  });
  let shown: Part | undefined;
  const show = (part: Part) => {
    if (part === shown) return;
    shown = part;
    parts.forEach((one, at) => {
      one.place.hidden = one !== part;
      tabs[at]?.setAttribute("aria-selected", String(one === part));
      tabs[at]?.setAttribute("tabindex", one === part ? "0" : "-1");
    });
    tabs[parts.indexOf(part)]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    part.show?.();
  };
  const open = (part: Part) => {
    show(part);
    location.hash = part.name;
  };
  const named = () => parts.find(({ name }) => location.hash === `#${name}`);
  // Other addresses are places within a part.
  addEventListener("hashchange", () => show(named() ?? shown ?? (parts[0] as Part)));
  bar.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (!tab) return;
    event.preventDefault();
    tab.focus();
    tab.click();
  });
  bar.append(...tabs);
  show(named() ?? (parts[0] as Part));
  return {
    bar: element("nav", {}, bar),
    open: (name) => open(parts.find((part) => part.name === name) ?? (parts[0] as Part)),
    refresh: () => shown?.show?.(),
  };
}
