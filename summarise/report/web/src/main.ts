// The page: what it is of, the table, and the record that is open.

import { benchmarkParts } from "./benchmarks";
import { Comparison } from "./compare";
import { readRun, type Row, type Run } from "./data";
import { bdi, element } from "./dom";
import { Facets } from "./facets";
import { filterBar } from "./filters";
import { Overview } from "./overview";
import { recordPanel } from "./record";
import { makeTable, type Table } from "./table";
import { makeTabs, type Part, type Tabs } from "./tabs";

const KEYS = "Open a paper by its number. j and k: next and previous; / search; Esc closes.";

class Page {
  private readonly panel = element("aside", { class: "panel", "aria-label": "Opened paper" });
  private readonly work = element("div", { class: "work" });
  private readonly table: Table;
  private readonly facets: Facets;
  private readonly tabs: Tabs;
  private opened: Row | null = null;
  /** What had the focus before a paper was opened. */
  private opener: Element | null = null;

  constructor(
    private readonly run: Run,
    place: HTMLElement,
  ) {
    const papers = element("section", {});
    this.panel.hidden = true;
    this.table = makeTable(run, papers, (row) => this.open(row));
    this.facets = new Facets(run, this.table.only);
    const parts = [{ name: "papers", title: "Papers", place: papers }, ...this.parts()];
    this.work.append(element("main", { class: "parts" }, ...parts.map((part) => part.place)), this.panel);
    this.tabs = makeTabs(parts);
    this.table.onChange(() => this.tabs.refresh());
    place.append(heading(run), filterBar(run, this.table, this.facets), this.tabs.bar, this.work, legend(run));
    document.addEventListener("keydown", (event) => this.act(event));
  }

  /** The parts of the page beside the table. */
  private parts(): Part[] {
    const open = (row: Row) => this.open(row);
    const left = () => this.table.shown();
    const { compare } = this.run.accounts;
    const compared = compare ? [new Comparison(this.run, compare, left, open)] : [];
    return [new Overview(this.facets, left, open), ...benchmarkParts(this.run, left, open), ...compared];
  }

  private open(row: Row): void {
    if (!this.opened) this.opener = document.activeElement;
    this.opened = row;
    const close = element("button", { type: "button" }, "Close (Esc)");
    close.addEventListener("click", () => this.close());
    const bar = element("p", { class: "bar" }, `${row.number} of ${this.run.rows.length}`, close);
    this.panel.replaceChildren(bar, recordPanel(row, this.run.head));
    this.panel.hidden = false;
    this.work.classList.add("is-split");
    this.panel.scrollTop = 0;
    this.table.mark(row);
    this.panel.querySelector("h2")?.focus();
  }

  private close(): void {
    const last = this.opened;
    this.opened = null;
    this.panel.hidden = true;
    this.work.classList.remove("is-split");
    this.table.mark(null);
    if (last && this.table.isShown()) this.table.focus(last);
    else if (this.opener instanceof HTMLElement) this.opener.focus();
  }

  private act(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // In a box for words, keys are for the words; a list takes letters, too.
    if (event.target instanceof HTMLSelectElement) return;
    if (event.target instanceof HTMLInputElement && event.target.type === "search") return;
    if (event.key === "Escape" && this.opened) return this.close();
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    }
    const step = { j: 1, k: -1 }[event.key];
    if (step === undefined) return;
    const next = this.table.beside(this.opened, step);
    if (next) this.open(next);
  }
}

function heading({ head, accounts }: Run): HTMLElement {
  return element(
    "header",
    {},
    element("h1", {}, bdi(head.name)),
    element("p", {}, `${accounts.documents}, read by `, bdi(head.madeBy), ". ", accounts.became),
    ...accounts.losses.map((loss) => element("p", { class: "flag" }, `⚠ ${loss}: see `, element("code", {}, "summarise verify"))),
    element("p", { class: "keys" }, KEYS),
  );
}

function legend({ accounts }: Run): HTMLElement {
  const marks = accounts.marks.map(([sign, meaning]) =>
    element("li", {}, element("strong", {}, sign), ` : ${meaning}`),
  );
  return element("footer", {}, element("h2", {}, "Marks"), element("ul", {}, ...marks));
}

const place = document.getElementById("page");
const held = document.getElementById("run");
if (place && held) {
  readRun(held.textContent ?? "")
    .then((run) => {
      new Page(run, place);
      document.documentElement.dataset["ready"] = String(Math.round(performance.now()));
    })
    .catch((error: unknown) => place.append(element("p", { class: "flag" }, `This page is damaged: ${String(error)}`)));
}
