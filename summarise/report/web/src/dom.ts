// Elements of text: nothing that comes from a paper is ever read as HTML.

type Child = Node | string | null;

interface Attributes {
  class?: string;
  title?: string;
  href?: string;
  id?: string;
  role?: string;
  type?: string;
  tabindex?: string;
  "aria-controls"?: string;
  "aria-label"?: string;
  "aria-pressed"?: string;
  "aria-live"?: string;
  "aria-labelledby"?: string;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value as string);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Text of a paper: by itself in its direction, so that it can't turn what stands beside it. */
export function bdi(text: string): HTMLElement {
  return element("bdi", {}, text);
}

/** A link to a paper, where it has an address of the web. */
export function link(text: string, url: string | null): HTMLElement {
  if (url === null) return bdi(text);
  const made = element("a", { href: url }, bdi(text));
  made.rel = "noopener noreferrer";
  made.target = "_blank";
  return made;
}
