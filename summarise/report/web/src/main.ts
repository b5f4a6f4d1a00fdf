// The page: what it is of, the table, and the record that is open.

import { benchmarkParts } from "./benchmarks";
import { Comparison } from "./compare";
import { readRun, type Row, type Run } from "./data";
import { bdi, element } from "./dom";
import { Facets } from "./facets";
import { filterBar, judgedFilter } from "./filters";
import { Judging } from "./judge";
import { Laid } from "./laid";
import { Overview } from "./overview";
import { workBar } from "./saving";
import { decisionFilter, Screening } from "./screen";
import { Work } from "./storage";
import { makeTable, type Table } from "./table";
import { makeTabs, type Part, type Tabs } from "./tabs";

const KEYS = [
  ["/", "search"],
  ["j k", "next and previous paper"],
  ["Esc", "close"],
  ["↓ ↑", "from value to value of the paper that is open"],
  ["c x", "right, wrong"],
  ["Enter", "edit"],
  ["t", "note"],
  ["z", "undo"],
  ["a", "all of the paper is right"],
  ["v", "use the words that are selected as a value"],
  ["s", "screen: i include, e exclude, m maybe, u undo, n next undecided"],
];

class Page {
  private readonly panel = element("aside", { class: "panel", "aria-label": "Opened paper" });
  private readonly sides = element("div", { class: "work" });
  private readonly work: Work;
  private readonly laid: Laid;
  private readonly table: Table;
  private readonly facets: Facets;
  private readonly screening: Screening;
  private readonly told = element("span", { role: "status" });
  private readonly takesKeys = element("input", { type: "checkbox" });
  private judging: Judging | null = null;
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
    this.work = new Work(run);
    this.laid = new Laid(run, this.work);
    this.table = makeTable(run, papers, (row) => this.open(row));
    this.facets = new Facets(run, this.table.only);
    this.table.offerGroups(this.facets.shared.map(({ facet }) => facet));
    const parts = [{ name: "papers", title: "Papers", place: papers }, ...this.parts()];
    this.sides.append(element("main", { class: "parts" }, ...parts.map((part) => part.place)), this.panel);
    this.tabs = makeTabs(parts);
    this.table.onChange(() => this.tabs.refresh());
    const papersOf = { opened: () => this.opened, open: (row: Row) => this.open(row) };
    this.screening = new Screening(run, this.work, this.laid, this.table, papersOf);
    const judged = judgedFilter(this.table.only, (row) => this.laid.judged(row));
    const filters = filterBar(run, this.table, this.facets, judged, decisionFilter(this.table.only));
    const bar = workBar(run, this.work, this.screening.toggle);
    this.takesKeys.checked = true;
    place.append(heading(run, keys(this.takesKeys)), bar, filters, this.tabs.bar, this.sides, legend(run), this.screening.bar);
    this.work.listen((ids) => this.renew(ids));
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

  /** Show what has been done to some papers, or to any, in another tab. */
  private renew(ids: Set<string> | null): void {
    this.table.renew(this.laid.take(ids));
    if (ids === null && this.judging && !this.judging.isWriting) this.judging.draw();
    this.screening.draw();
  }

  private open(row: Row): void {
    if (!this.opened) this.opener = document.activeElement;
    this.opened = row;
    const close = element("button", { type: "button" }, "Close (Esc)");
    close.addEventListener("click", () => this.close());
    const judging = new Judging(row, this.run.head, this.work, this.laid);
    this.judging = judging;
    const all = element("button", { type: "button" }, "✓ All right ", element("kbd", {}, "a"));
    all.addEventListener("click", () => this.checkAll());
    all.hidden = !row.values;
    this.told.textContent = "";
    const steps = [this.step("‹", "Previous paper", -1), this.step("›", "Next paper", 1)];
    const bar = element("p", { class: "bar" }, `${row.number} of ${this.run.rows.length} `, ...steps, this.told, all, close);
    this.panel.replaceChildren(bar, judging.panel);
    this.panel.hidden = false;
    this.sides.classList.add("is-split");
    // What is read has the whole screen.
    if (this.sides.getBoundingClientRect().top > 0) this.sides.scrollIntoView();
    this.panel.scrollTop = 0;
    this.table.mark(row);
    this.panel.querySelector("h2")?.focus();
  }

  private step(text: string, label: string, by: number): HTMLElement {
    const button = element("button", { type: "button", "aria-label": label }, text);
    button.addEventListener("click", () => this.go(by));
    return button;
  }

  private go(by: number): void {
    const next = this.table.beside(this.opened, by);
    if (next) this.open(next);
  }

  private checkAll(): void {
    const count = this.judging?.checkAll() ?? 0;
    this.told.textContent = count ? `✓ ${count} checked` : "Nothing is left to check";
    this.panel.querySelector("h2")?.focus();
  }

  private close(): void {
    this.judging = null;
    const last = this.opened;
    this.opened = null;
    this.panel.hidden = true;
    this.sides.classList.remove("is-split");
    this.table.mark(null);
    if (last && this.table.isShown()) this.table.focus(last);
    else if (this.opener instanceof HTMLElement) this.opener.focus();
  }

  private act(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (!this.takesKeys.checked && event.key.length === 1) return;
    // What is being written isn't left by a key that was meant for it.
    if (event.key === "v" && this.judging?.takeSelected()) return event.preventDefault();
    if (this.judging?.isWriting) return;
    if (this.screening.act(event)) return event.preventDefault();
    if (event.key === "Escape" && this.opened) return this.close();
    if (event.key === "a" && this.judging) return this.checkAll();
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    }
    const step = { j: 1, k: -1 }[event.key];
    if (step !== undefined) this.go(step);
  }
}

/** Whether keys are for the words of a box; a list takes letters, too. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

function heading({ head, accounts }: Run, keys: HTMLElement): HTMLElement {
  return element(
    "header",
    {},
    element("h1", {}, bdi(head.name)),
    element("p", {}, `${accounts.documents}, read by `, bdi(head.madeBy), ". ", accounts.became),
    ...accounts.losses.map((loss) => element("p", { class: "flag" }, `⚠ ${loss}: see `, element("code", {}, "summarise verify"))),
    keys,
  );
}

/** Which keys there are; who speaks to the computer, or hits them by chance, can turn those of one letter off. */
function keys(takesKeys: HTMLElement): HTMLElement {
  const lines = KEYS.flatMap(([key = "", does = ""]) => [element("dt", {}, ...key.split(" ").map((one) => element("kbd", {}, one))), element("dd", {}, does)]);
  return element("details", { class: "keys" }, element("summary", {}, "Keys"), element("label", {}, takesKeys, " single letters and signs act"), element("dl", {}, ...lines));
}

function legend({ accounts }: Run): HTMLElement {
  const marks = accounts.marks.map(([sign, meaning]) =>
    element("li", {}, element("strong", {}, sign), " : ", ...meaning.split("`").map((part, at) => (at % 2 ? element("code", {}, part) : part))),
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
