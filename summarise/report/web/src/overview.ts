// What the papers report that are left of the filters: how many, when, on what, with which resources.

import { bars, columns, scatter, type Bar } from "./charts";
import type { Row } from "./data";
import { bdi, element } from "./dom";
import { counted, READING, REPORTED, VENUE, YEAR, type Choice, type Facet, type Facets } from "./facets";
import type { Part } from "./tabs";

const MOST = 12; // bars of a chart
const LONGEST = 60; // years side by side
const LISTED = 300; // amounts in the table beside their chart

type Amount = { row: Row; year: number; unit: string; amount: number; words: string };

export class Overview implements Part {
  readonly name = "overview";
  readonly title = "Overview";
  readonly place = element("section", { class: "overview" });
  private unit = "";

  constructor(
    private readonly facets: Facets,
    private readonly left: () => Row[],
    private readonly open: (row: Row) => void,
  ) {}

  /** Draw it anew; the focus stays on the bar that has it. */
  show(): void {
    const rows = this.left();
    const focused = focusedIn(this.place);
    const { all } = this.facets;
    const special = [YEAR, VENUE, REPORTED, READING];
    const shared = all.filter(({ title }) => !special.includes(title));
    const cards = [
      this.ofAll(REPORTED, "What the papers report", rows),
      this.years(rows),
      this.amounts(rows),
      this.ofAll(READING, "How reading them went", rows),
      ...shared.map((facet) => this.commonest(facet, facet.title, rows)),
      this.commonest(this.facets.named(VENUE), "Venues", rows),
    ];
    const intro = element("p", { class: "quiet" }, "Of the papers that the filters above leave. Choose a bar to see its papers alone, and again to see all.");
    this.place.replaceChildren(intro, element("div", { class: "cards" }, ...cards.filter((card) => card !== null)));
    focused(this.place);
  }

  private bar(facet: Facet, choice: Choice): Bar {
    const isChosen = this.facets.isChosen(facet, choice);
    const choose = () => this.facets.choose(facet, isChosen ? null : choice);
    return { text: choice.text, count: choice.papers, isChosen, choose };
  }

  /** A chart of all choices of a facet, with their shares of the papers. */
  private ofAll(name: string, title: string, rows: Row[]): HTMLElement | null {
    const facet = this.facets.named(name);
    if (!facet) return null;
    return card(title, bars(counted(rows, facet).map((choice) => this.bar(facet, choice)), rows.length));
  }

  /** A chart of what most papers share of a facet; none where there is nothing to share. */
  private commonest(facet: Facet | undefined, title: string, rows: Row[]): HTMLElement | null {
    const choices = facet ? counted(rows, facet) : [];
    const shared = facet ? choices.filter((choice) => choice.papers > 1 || this.facets.isChosen(facet, choice)) : [];
    if (!facet || !shared.length) return null;
    const shown = shared.slice(0, MOST).map((choice) => this.bar(facet, choice));
    const rarer = choices.length - shown.length;
    const more = rarer > 0 ? [element("p", { class: "quiet" }, `and ${rarer.toLocaleString("en")} rarer`)] : [];
    return card(title, bars(shown, null), ...more);
  }

  private years(rows: Row[]): HTMLElement | null {
    const facet = this.facets.named(YEAR);
    const choices = facet ? counted(rows, facet) : [];
    if (!facet || !choices.length) return null;
    const known = new Map(choices.map((choice) => [Number(choice.text), choice]));
    const last = Math.max(...known.keys());
    const first = Math.max(Math.min(...known.keys()), last - LONGEST + 1);
    const items = Array.from({ length: last - first + 1 }, (_, at) => {
      const text = `${first + at}`;
      return this.bar(facet, known.get(first + at) ?? { key: text, text, papers: 0 });
    });
    const dated = rows.filter((row) => row.year).length;
    const earlier = choices.filter(({ text }) => Number(text) < first).reduce((sum, { papers }) => sum + papers, 0);
    const notes = [
      ...(dated < rows.length ? [`${rows.length - dated} without a year`] : []),
      ...(earlier ? [`${earlier} earlier`] : []),
    ];
    return card("Papers by year", columns(items), ...(notes.length ? [element("p", { class: "quiet" }, `${notes.join(", ")}.`)] : []));
  }

  /** Resources by year, in one unit at a time. */
  private amounts(rows: Row[]): HTMLElement | null {
    const all = rows.flatMap((row) =>
      row.year ? (row.amounts ?? []).flatMap(([unit, amount, words]): Amount[] => (amount > 0 ? [{ row, year: Number(row.year), unit, amount, words }] : [])) : [],
    );
    if (!all.length) return null;
    const units = counted(rows, { title: "", of: (row) => (row.year ? (row.amounts ?? []).map(([unit]) => unit) : []) });
    const unit = units.find(({ text }) => text === this.unit) ?? units[0];
    const shown = all.filter((one) => one.unit === unit?.text);
    const select = element("select", { "aria-label": "Unit" });
    for (const { text, papers } of units) {
      const option = element("option", {}, `${text} (${papers})`);
      option.value = text;
      select.append(option);
    }
    select.value = unit?.text ?? "";
    select.addEventListener("change", () => {
      this.unit = select.value;
      this.show();
      this.place.querySelector("select")?.focus();
    });
    const label = `${unit?.text} by year on a log axis: ${shown.length} amounts; the table has them.`;
    const points = shown.map((one) => ({ ...one, open: () => this.open(one.row) }));
    const about = "As code worked them out of the abstracts, in its own units; those in doubt are left out. A line is the median of a year.";
    return card("Compute by year", element("p", {}, element("label", {}, "Unit ", select)), scatter(points, label), element("p", { class: "quiet" }, about), this.amountTable(shown));
  }

  private amountTable(amounts: Amount[]): HTMLElement {
    const sorted = [...amounts].sort((one, other) => one.year - other.year || one.amount - other.amount).slice(0, LISTED);
    const lines = sorted.map(({ row, year, amount, words }) => {
      const opener = element("button", { type: "button", class: "open", "aria-label": `Open ${row.number}: ${row.title}` }, `${row.number}`);
      opener.addEventListener("click", () => this.open(row));
      const cells = [`${year}`, amount.toLocaleString("en"), bdi(words), element("span", {}, opener, " ", bdi(row.title))];
      return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
    });
    const heads = ["Year", "Amount", "Words of the abstract", "Paper"].map((title) => element("th", {}, title));
    const table = element("table", { class: "amounts" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines));
    const cut = amounts.length > LISTED ? `, the first ${LISTED} of ${amounts.length}` : "";
    return element("details", {}, element("summary", {}, `As a table${cut}`), table);
  }
}

function card(title: string, ...held: (HTMLElement | SVGElement)[]): HTMLElement {
  return element("section", { class: "card" }, element("h2", {}, title), ...held);
}

/** What brings the focus back to the same bar of a place that is made anew. */
function focusedIn(place: HTMLElement): (place: HTMLElement) => void {
  const last = document.activeElement;
  const isBar = last instanceof HTMLElement && place.contains(last) && last.dataset["choice"] !== undefined;
  if (!isBar) return () => undefined;
  const title = last.closest(".card")?.querySelector("h2")?.textContent;
  return (now) => {
    const same = [...now.querySelectorAll(".card")].find((one) => one.querySelector("h2")?.textContent === title);
    [...(same?.querySelectorAll<HTMLElement>("[data-choice]") ?? [])].find((one) => one.dataset["choice"] === last.dataset["choice"])?.focus();
  };
}
