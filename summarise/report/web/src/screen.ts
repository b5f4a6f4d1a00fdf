// Screening: each paper is in, out for a reason, or left for later; by keys or buttons, in the table or one at a time.

import { CHOSEN, idOf, type Choice, type Row, type Run } from "./data";
import { bdi, element, revealed } from "./dom";
import type { Laid } from "./laid";
import type { Work } from "./storage";
import type { Table } from "./table";

const KEYS: Record<string, Choice> = { i: "include", e: "exclude", m: "maybe" };
const CONFLICT = "conflict";
const NUMBERS = "123456789abcdfghlopqrtvwxyz";

/** What screening needs of the page. */
interface Papers {
  opened(): Row | null;
  open(row: Row): void;
}

export class Screening {
  /** The bar at the foot of the page. */
  readonly bar = element("section", { class: "screening", "aria-label": "Screening" });
  readonly toggle = element("button", { type: "button", class: "screen", "aria-pressed": "false" }, "Screen ", element("kbd", {}, "s"));
  private readonly undoable: string[] = [];
  private excluding: Row | null = null;
  private told = "";
  private isOn = false;

  constructor(
    private readonly run: Run,
    private readonly work: Work,
    private readonly laid: Laid,
    private readonly table: Table,
    private readonly papers: Papers,
  ) {
    this.bar.hidden = true;
    this.toggle.addEventListener("click", () => this.turn());
    document.addEventListener("click", (event) => this.press(event.target as Element));
    // What is shown is that of the paper that has the focus.
    document.addEventListener("focusin", (event) => {
      if (this.isOn && !this.excluding && !this.bar.contains(event.target as Node)) this.draw();
    });
  }

  /** Whether a key was one of screening. */
  act(event: KeyboardEvent): boolean {
    if (event.key === "s") this.turn();
    else if (!this.isOn) return false;
    else if (this.excluding) return this.chooseReason(event.key);
    else if (event.key === "u") this.undo();
    else if (event.key === "n") this.next();
    else if (KEYS[event.key]) this.choose(KEYS[event.key] as Choice);
    else return false;
    return true;
  }

  /** Show how far it is, as of now. */
  draw(): void {
    if (!this.isOn) return;
    const counts = this.counts();
    const done = this.run.rows.length - counts.undecided;
    const progress = element("progress", { "aria-label": "Screened" });
    progress.max = this.run.rows.length;
    progress.value = done;
    const line = element("p", { class: "progress" }, progress, ` ${done} of ${this.run.rows.length}, ${counts.include} in, ${counts.exclude} out, ${counts.maybe} maybe`);
    const status = element("p", { class: "told", role: "status" }, this.told);
    this.bar.replaceChildren(line, ...(this.excluding ? [this.reasons(this.excluding)] : this.choices()), status);
  }

  private counts(): Record<Choice, number> {
    const counts = { include: 0, exclude: 0, maybe: 0, undecided: 0 };
    for (const row of this.run.rows) counts[row.decision?.decision ?? "undecided"] += 1;
    return counts;
  }

  private turn(): void {
    this.isOn = !this.isOn;
    this.excluding = null;
    this.toggle.setAttribute("aria-pressed", String(this.isOn));
    document.documentElement.classList.toggle("is-screening", this.isOn);
    this.bar.hidden = !this.isOn;
    if (!this.isOn) return;
    this.told = "";
    this.draw();
    if (!this.papers.opened()) this.next();
  }

  /** The paper that is meant: that of the focus, else the one that is open. */
  private meant(): Row | null {
    const number = document.activeElement?.closest("tbody tr")?.querySelector(".papers .open")?.textContent;
    const focused = number ? this.run.rows[Number(number) - 1] : undefined;
    return focused ?? this.papers.opened();
  }

  private choices(): HTMLElement[] {
    const row = this.meant();
    const decision = row?.decision;
    const button = (text: string, key: string, name: string) => {
      const made = element("button", { type: "button", class: name }, text, " ", element("kbd", {}, key));
      made.dataset["screen"] = name;
      if (name === decision?.decision) made.setAttribute("aria-pressed", "true");
      return made;
    };
    const buttons = [button("Include", "i", "include"), button("Exclude", "e", "exclude"), button("Maybe", "m", "maybe"), button("Undo", "u", "undo"), button("Next", "n", "next")];
    if (!row) return [element("p", { class: "buttons" }, ...buttons)];
    const earlier = this.laid.earlier(row);
    const before = earlier ? `; before its text changed: ${CHOSEN[earlier]}` : "";
    const now = decision ? `${CHOSEN[decision.decision]}${decision.reason && `: ${revealed(decision.reason)}`}` : `undecided${before}`;
    const others = decision || this.settles(row) ? (row.decisions ?? []).filter((one) => one.by !== this.work.by && one.decision !== "undecided") : [];
    const said = others.map((one) => revealed(`; ${one.by}: ${CHOSEN[one.decision]}${one.reason && `, ${one.reason}`}`));
    return [element("p", { class: "about" }, `Paper ${row.number} is `, bdi(now), bdi(said.join(""))), element("p", { class: "buttons" }, ...buttons)];
  }

  /** Whether this person looks at what others differ on, and so has to see what they say. */
  private settles(row: Row): boolean {
    return Boolean(row.isConflict) && document.querySelector<HTMLSelectElement>("#decided")?.value === CONFLICT;
  }

  /** Of the list, and those that this person has given before. */
  private known(): string[] {
    const given = this.work.lines("decisions").map((line) => line.reason);
    return [...new Set([...this.run.head.reasons, ...given])].filter(Boolean).slice(0, NUMBERS.length);
  }

  private reasons(row: Row): HTMLElement {
    const buttons = this.known().map((reason, at) => {
      const made = element("button", { type: "button" }, element("kbd", {}, NUMBERS[at] ?? ""), " ", bdi(revealed(reason)));
      made.addEventListener("click", () => this.decide(row, "exclude", reason));
      return made;
    });
    const own = element("input", { type: "text", "aria-label": "Another reason" });
    own.placeholder = "another reason, or none: Enter";
    own.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.decide(row, "exclude", own.value.trim());
      if (event.key === "Escape") this.leave();
    });
    const back = element("button", { type: "button" }, "Back ", element("kbd", {}, "Esc"));
    back.addEventListener("click", () => this.leave());
    return element("div", { class: "reasons", role: "group", "aria-label": "Why is it excluded?" }, element("p", {}, `Why is ${row.number} excluded?`), element("p", { class: "buttons" }, ...buttons, own, back));
  }

  private chooseReason(key: string): boolean {
    const reason = this.known()[NUMBERS.indexOf(key)];
    if (key === "Escape") this.leave();
    else if (key === "Enter" && this.excluding) this.decide(this.excluding, "exclude", "");
    else if (key.length === 1 && reason !== undefined && this.excluding) this.decide(this.excluding, "exclude", reason);
    else return key.length === 1;
    return true;
  }

  private leave(): void {
    const row = this.excluding;
    this.excluding = null;
    this.draw();
    if (row) this.focusOn(row);
  }

  private press(node: Element): void {
    const button = node.closest<HTMLElement>("[data-screen]");
    if (!button || !this.isOn) return;
    const name = button.dataset["screen"];
    const number = button.closest("tr")?.querySelector(".open")?.textContent;
    const row = number ? this.run.rows[Number(number) - 1] : undefined;
    if (name === "undo") this.undo();
    else if (name === "next") this.next();
    else this.choose(name as Choice, row);
  }

  private choose(choice: Choice, row = this.meant() ?? undefined): void {
    if (!row) return this.next();
    if (choice !== "exclude") return this.decide(row, choice, "");
    this.excluding = row;
    this.draw();
    this.bar.querySelector("button")?.focus();
  }

  private decide(row: Row, decision: Choice, reason: string): void {
    this.excluding = null;
    this.undoable.push(idOf(row));
    this.write(row, decision, reason);
    this.told = `${row.number} ${CHOSEN[decision]}${reason && `: ${revealed(reason)}`}. u takes it back.`;
    // Where papers are read one by one, the next one comes by itself.
    if (this.papers.opened() === row) this.next(row);
    else this.focusOn(row);
    this.draw();
  }

  private write(row: Row, decision: Choice, reason: string): void {
    this.work.decide({
      doc_id: idOf(row),
      content_hash: row.hash,
      decision,
      reason,
      note: "",
      by: this.work.by,
      at: this.work.now(),
    });
  }

  /** Take the last decision back, and show its paper. */
  private undo(): void {
    const id = this.undoable.pop();
    const row = id === undefined ? this.meant() : this.run.rows.find((one) => idOf(one) === id);
    if (!row?.decision) return;
    this.write(row, "undecided", "");
    this.told = `Paper ${row.number} is undecided again.`;
    if (this.papers.opened()) this.papers.open(row);
    this.draw();
  }

  /** Open the next paper that is undecided, from one on, in the order that is shown. */
  private next(from = this.meant()): void {
    let row = this.table.beside(from, from ? 1 : 0);
    while (row && this.laid.decisionOf(row)) row = this.table.beside(row, 1);
    row ??= this.table.shown().find((one) => !this.laid.decisionOf(one));
    if (row) return this.papers.open(row);
    this.told = `${this.told} Nothing that is shown is undecided.`.trim();
    this.draw();
  }

  private focusOn(row: Row): void {
    if (this.papers.opened() === row) document.querySelector<HTMLElement>(".panel h2")?.focus();
    else this.table.focus(row);
  }
}

/** A list that leaves the papers of one decision, or those on which people differ. */
export function decisionFilter(only: Table["only"]): HTMLElement {
  const select = element("select", { id: "decided" });
  for (const [value, text] of [["", "all"], ...Object.entries(CHOSEN), [CONFLICT, "people differ"]]) {
    const option = element("option", {}, text ?? "");
    option.value = value ?? "";
    select.append(option);
  }
  select.addEventListener("change", () => {
    const wanted = select.value;
    if (wanted === CONFLICT) only("decided", (row) => Boolean(row.isConflict));
    else only("decided", wanted ? (row) => (row.decision?.decision ?? "undecided") === wanted : null);
  });
  return element("label", {}, "Screened ", select);
}
