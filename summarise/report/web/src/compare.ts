// Two runs side by side: the cells of both for each field of each paper, what differs first.

import type { Api, ColumnOptions } from "datatables.net";
import { bars } from "./charts";
import { fieldCell } from "./cells";
import { cellText, type Compare, type FieldPair, type Row, type Run, type Stretch } from "./data";
import { bdi, element } from "./dom";
import { makeGrid, searched, wordBox } from "./grid";
import type { Part } from "./tabs";

/** A field of a paper in both runs. */
interface Pair {
  /** None for a paper that the other run alone has. */
  row: Row | null;
  number: number;
  title: string;
  field: string;
  left: Stretch[][];
  right: Stretch[][];
  differs: boolean;
}

export class Comparison implements Part {
  readonly name = "compare";
  readonly title = "Compare";
  readonly place = element("section", { class: "compare" });
  private readonly agreement = element("div", { class: "agreement" });
  private readonly only = element("input", { type: "checkbox", id: "differing" });
  private api: Api<Pair> | null = null;
  private field: string | null = null;

  constructor(
    private readonly run: Run,
    private readonly compare: Compare,
    private readonly left: () => Row[],
    private readonly open: (row: Row) => void,
  ) {}

  show(): void {
    this.api ??= this.begin();
    const pairs = this.pairs();
    this.agreement.replaceChildren(...this.counts(pairs));
    const wanted = pairs.filter((pair) => (pair.differs || !this.only.checked) && (this.field === null || pair.field === this.field));
    // What differs comes first, else as the run has it.
    wanted.sort((one, other) => Number(other.differs) - Number(one.differs));
    this.api.clear().rows.add(wanted).draw();
  }

  private begin(): Api<Pair> {
    const { name, madeBy, only } = this.compare;
    const head = this.run.head;
    const about = element("p", {}, "This run, ", bdi(head.name), " by ", bdi(head.madeBy), ", beside ", bdi(name), " by ", bdi(madeBy), ". ≠ stands before what one of them alone has.");
    const others = [[only[0], "this run"], [only[1], "the other"]] as const;
    const asked = others.filter(([fields]) => fields.length).map(([fields, of]) => `${fields.join(", ")} in ${of} alone`);
    const differing = asked.length ? [element("p", { class: "flag" }, `They were made with different fields: ${asked.join("; ")}.`)] : [];
    this.only.checked = true;
    this.only.addEventListener("change", () => this.show());
    const input = wordBox((words) => this.api?.search(words).draw(), "paper, field or value");
    const tools = element("div", { class: "tools" }, element("label", { class: "search" }, "In this table ", input), element("label", {}, this.only, " only what differs"));
    this.place.append(element("div", { class: "about" }, about, ...differing, this.agreement), tools);
    const columns = this.columns();
    const { api, sorts } = makeGrid<Pair>(this.place, { caption: `${head.name} beside ${name}`, class: "facts pairs", items: [], columns, order: [], unsorted: "what differs first" });
    tools.append(sorts);
    return api;
  }

  /** The fields of the papers that are left; of the other run alone where none is filtered away. */
  private pairs(): Pair[] {
    const { fields, alone } = this.compare;
    const rows = this.left();
    const pair = (of: { row: Row | null; number: number; title: string }) => ([field, left, right]: FieldPair): Pair => ({
      ...of,
      field: fields[field] ?? "",
      left,
      right: right ?? left,
      differs: right !== undefined,
    });
    const own = rows.flatMap((row) => (row.compared ?? []).map(pair({ row, number: row.number, title: row.title })));
    const others = rows.length === this.run.rows.length ? alone : [];
    return [...own, ...others.flatMap(({ number, title, compared }) => compared.map(pair({ row: null, number, title })))];
  }

  /** In how many papers of both runs each field is the same; a bar leaves the field. */
  private counts(pairs: Pair[]): HTMLElement[] {
    const both = new Set(pairs.filter(({ row }) => row !== null && row.other !== null).map(({ row }) => row));
    const equal = new Map<string, { same: number; all: number }>();
    for (const { row, field, differs } of pairs) {
      if (row === null || row.other === null) continue;
      const known = equal.get(field) ?? { same: 0, all: 0 };
      equal.set(field, { same: known.same + Number(!differs), all: known.all + 1 });
    }
    const papers = new Set(pairs.filter(({ row, differs }) => differs && row !== null && row.other !== null).map(({ row }) => row));
    const [own, others] = [pairs.filter(({ row }) => row?.other === null).length, pairs.filter(({ row }) => row === null).length];
    const are = both.size === 1 ? "paper is" : "papers are";
    const differ = papers.size === 1 ? "differs" : "differ";
    const told = `${both.size} ${are} in both runs, ${papers.size} of them ${differ}; ${own} only in this one, ${others} only in the other.`;
    const items = [...equal].map(([field, { same, all }]) => ({
      text: field,
      count: same,
      of: all,
      isChosen: this.field === field,
      choose: () => {
        this.field = this.field === field ? null : field;
        this.show();
        this.agreement.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
      },
    }));
    return [element("p", {}, told), element("h2", {}, "The same in both"), bars(items, null)];
  }

  private columns(): ColumnOptions[] {
    const number: ColumnOptions = {
      title: "#",
      type: "num",
      className: "number",
      data: null,
      render: (_: unknown, type: string, { row, number, title }: Pair) => {
        if (type !== "display") return number;
        if (row === null) return element("span", {}, "–");
        const button = element("button", { type: "button", class: "open", "aria-label": `Open ${number}: ${title}` }, `${number}`);
        button.addEventListener("click", () => this.open(row));
        return button;
      },
    };
    const text = (title: string, of: (pair: Pair) => string): ColumnOptions => {
      const found = searched(of);
      return { title, type: "string", data: null, render: (_: unknown, type: string, pair: Pair) => (type === "display" ? element("span", {}, bdi(of(pair))) : found(pair)) };
    };
    const cell = (title: string, of: (pair: Pair) => Stretch[][]): ColumnOptions => {
      const found = searched((pair: Pair) => cellText(of(pair)));
      return { title, type: "string", orderable: false, data: null, render: (_: unknown, type: string, pair: Pair) => (type === "display" ? fieldCell(title, of(pair)) : found(pair)) };
    };
    const own = this.run.head.name;
    const other = this.compare.name + (this.compare.name === own ? " (2)" : "");
    const isSame = (pair: Pair) => (pair.differs ? "" : " =");
    return [number, text("Paper", ({ title }) => title), text("Field", (pair) => pair.field + isSame(pair)), cell(own, ({ left }) => left), cell(other, ({ right }) => right)];
  }
}
