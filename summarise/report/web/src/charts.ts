// Charts: bars and columns that are buttons, and amounts by year on a log axis. Sizes are set by code, as the page's
// policy allows no style in an attribute.

import { bdi, element } from "./dom";

export interface Bar {
  text: string;
  count: number;
  /** Of how many it is, where that isn't the same for all. */
  of?: number;
  isChosen: boolean;
  choose: () => void;
}

/** Bars one below the other, each with its count and, of so many in all, its share. */
export function bars(items: Bar[], total: number | null): HTMLElement {
  const most = total ?? Math.max(1, ...items.map(({ count }) => count));
  return element("ul", { class: "bars" }, ...items.map((item) => {
    const all = item.of ?? total;
    const share = all === null ? "" : ` ${item.of === undefined ? "" : `of ${all} `}(${all ? Math.round((100 * item.count) / all) : 0}%)`;
    const length = element("span", { class: "length" });
    length.style.width = `${(100 * item.count) / ((item.of ?? most) || 1)}%`;
    const made = button(item, element("span", { class: "name" }, bdi(item.text)), element("span", { class: "track" }, length), element("span", { class: "count" }, `${item.count.toLocaleString("en")}${share}`));
    return element("li", {}, made);
  }));
}

/** Columns side by side, each under its count. */
export function columns(items: Bar[]): HTMLElement {
  const most = Math.max(1, ...items.map(({ count }) => count));
  // As many names as there is room for.
  const step = Math.ceil(items.length / 12);
  return element("ul", { class: "columns-chart" }, ...items.map((item, at) => {
    const length = element("span", { class: "length" });
    length.style.height = `${(100 * item.count) / most}%`;
    const isNamed = (items.length - 1 - at) % step === 0;
    const made = button(item, element("span", { class: "count" }, short(item.count)), element("span", { class: "track" }, length), element("span", { class: isNamed ? "name" : "name is-hidden" }, item.text));
    return element("li", {}, made);
  }));
}

/** A count for a place where four digits have no room. */
function short(count: number): string {
  return count < 1000 ? `${count}` : `${Math.round(count / 100) / 10}k`;
}

function button({ text, count, isChosen, choose }: Bar, ...shown: HTMLElement[]): HTMLElement {
  const made = element("button", { type: "button", "aria-pressed": String(isChosen), title: `${text}: ${count.toLocaleString("en")}` }, ...shown.flatMap((one) => [one, " "]));
  made.dataset["choice"] = text;
  made.addEventListener("click", choose);
  return made;
}

export interface Point {
  year: number;
  amount: number;
  open: () => void;
}

const NAMESPACE = "http://www.w3.org/2000/svg";
// As wide as it is seen, so that its letters are as large as others.
const WIDTH = 360;
const HEIGHT = 260;
const EDGE = { left: 52, right: 12, top: 10, bottom: 24 };
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

function shape(tag: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, `${value}`);
  made.textContent = text;
  return made;
}

/** Amounts by year on a log axis, with the median of each year; what it says stands in a table beside it. */
export function scatter(points: Point[], label: string): SVGElement {
  const logs = points.map(({ amount }) => Math.log10(amount));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs) + 1e-9)];
  const years = points.map(({ year }) => year);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const slot = (WIDTH - EDGE.left - EDGE.right) / (last - first + 1);
  const x = (year: number) => EDGE.left + (year - first + 0.5) * slot;
  const y = (log: number) => EDGE.top + ((high - log) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const made = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "scatter" });
  for (let power = low; power <= high; power += Math.ceil((high - low) / 7)) {
    made.append(shape("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(power), y2: y(power), class: "grid-line" }));
    made.append(shape("text", { x: EDGE.left - 6, y: y(power) + 4, "text-anchor": "end" }, COMPACT.format(10 ** power)));
  }
  const step = Math.ceil((last - first + 1) / Math.max(1, Math.floor(WIDTH / 50)));
  for (let year = last; year >= first; year -= step) {
    made.append(shape("text", { x: x(year), y: HEIGHT - 6, "text-anchor": "middle" }, `${year}`));
  }
  for (const year of new Set(years)) made.append(...ofYear(points.filter((one) => one.year === year), x(year), slot, y));
  return made;
}

/** The points of a year, spread so that few hide each other, and a line at their median. */
function ofYear(points: Point[], middle: number, slot: number, y: (log: number) => number): SVGElement[] {
  const reach = Math.min(slot * 0.35, 14);
  const dots = points.map(({ amount, open }, at) => {
    // The golden ratio spreads any number of them evenly.
    const aside = points.length > 1 ? (((at * 0.618) % 1) - 0.5) * 2 * reach : 0;
    const dot = shape("circle", { cx: middle + aside, cy: y(Math.log10(amount)), r: points.length > 40 ? 2.5 : 4, class: "dot" });
    dot.addEventListener("click", open);
    return dot;
  });
  if (points.length < 3) return dots;
  const sorted = points.map(({ amount }) => Math.log10(amount)).sort((one, other) => one - other);
  const [under = 0, over = 0] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  const at = y((under + over) / 2);
  const half = Math.min(reach + 5, slot / 2 - 1);
  return [...dots, shape("line", { x1: middle - half, x2: middle + half, y1: at, y2: at, class: "median" })];
}
