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

/** What a person has typed, without what could act on the screen: as for_screen in characters.py reveals it. */
export function revealed(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu, (one) => {
    if (/\s/.test(one)) return " ";
    return `‹U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`;
  });
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
