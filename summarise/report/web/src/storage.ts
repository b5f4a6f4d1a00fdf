// A person's work on a run, kept by the browser under the run's id: whatever else is open, none of it is lost.

import { idOf, type Decision, type Judgement, type Run } from "./data";

/** A line of a person's, when it was written, and when it was exported. */
interface Kept<Line> {
  line: Line;
  touched: string;
  exported?: string;
}

type Lines<Line> = Record<string, Kept<Line>>;

interface Stored {
  by: string;
  judgements: Lines<Judgement>;
  decisions: Lines<Decision>;
}

export type Sort = "judgements" | "decisions";

const NAME = "summarise:name";

export class Work {
  /** Why the browser doesn't keep what is done here. */
  failure: string | null = null;
  private held: Stored = { by: "", judgements: {}, decisions: {} };
  private readonly key: string;
  private readonly listeners: ((ids: Set<string> | null) => void)[] = [];
  private last = "";
  /** The last line about each place that the run holds. */
  private readonly atRun = new Map<string, Judgement | Decision>();

  constructor({ head, rows }: Run) {
    this.key = `summarise:${head.runId}`;
    for (const row of rows) {
      const doc_id = idOf(row);
      const lines = { judgements: row.judgements ?? [], decisions: row.decisions ?? [] };
      for (const one of lines.judgements) this.atRun.set(placeOf("judgements", { ...one, doc_id }), { ...one, doc_id });
      for (const one of lines.decisions) this.atRun.set(placeOf("decisions", { ...one, doc_id }), { ...one, doc_id });
    }
    // A clock that was ahead doesn't make an old line the last one.
    for (const { at } of this.atRun.values()) this.last = max(this.last, new Date(at).toISOString());
    this.held.by = this.read(NAME) ?? "";
    this.takeIn(this.read(this.key));
    // What the run holds by now needs no keeping here.
    this.save();
    addEventListener("storage", (event) => {
      if (event.key !== this.key && event.key !== null) return;
      this.takeIn(event.newValue);
      this.tell(null);
    });
    addEventListener("beforeunload", (event) => {
      if (this.waiting("judgements") + this.waiting("decisions")) event.preventDefault();
    });
  }

  /** Be told of what changed: the ids of the papers, null for any of them. */
  listen(listener: (ids: Set<string> | null) => void): void {
    this.listeners.push(listener);
  }

  get by(): string {
    return this.held.by;
  }

  set by(name: string) {
    this.held.by = name;
    this.write(NAME, name);
    this.save();
    this.tell(null);
  }

  /** Now, and later than whatever was done here before. */
  now(): string {
    let time = new Date();
    if (time.toISOString() <= this.last) time = new Date(Date.parse(this.last) + 1);
    this.last = time.toISOString();
    return this.last;
  }

  judge(...lines: Judgement[]): void {
    this.put("judgements", lines);
  }

  decide(line: Decision): void {
    this.put("decisions", [line]);
  }

  /** The lines of a sort that the run doesn't hold. */
  lines(sort: "judgements"): Judgement[];
  lines(sort: "decisions"): Decision[];
  lines(sort: Sort): (Judgement | Decision)[] {
    return Object.values<Kept<Judgement | Decision>>(this.held[sort]).map((kept) => kept.line);
  }

  /** How many lines of a sort were never exported. */
  waiting(sort: Sort): number {
    return Object.values<Kept<unknown>>(this.held[sort]).filter((kept) => !kept.exported).length;
  }

  markExported(sort: Sort, isExported: boolean): void {
    const time = this.now();
    for (const kept of Object.values<Kept<unknown>>(this.held[sort])) {
      if (isExported) kept.exported ??= time;
      else delete kept.exported;
      kept.touched = time;
    }
    this.save();
    this.tell(new Set());
  }

  private put(sort: Sort, lines: (Judgement | Decision)[]): void {
    const held = this.held[sort] as Lines<Judgement | Decision>;
    for (const line of lines) held[placeOf(sort, line)] = { line, touched: this.now() };
    this.save();
    this.tell(new Set(lines.map((line) => line.doc_id)));
  }

  /** Of two lines about one place the later counts: those of another tab, or of an earlier page. */
  private takeIn(text: string | null): void {
    if (text === null) return;
    let found: Partial<Stored>;
    try {
      found = JSON.parse(text) as Partial<Stored>;
    } catch {
      this.failure = "what it held can't be read";
      return;
    }
    this.held.by ||= String(found.by ?? "");
    for (const sort of ["judgements", "decisions"] as const) {
      const lines = this.held[sort] as Lines<unknown>;
      for (const [place, kept] of Object.entries(found[sort] ?? {})) {
        const known = lines[place];
        if (!known || known.touched < kept.touched) lines[place] = kept;
      }
      this.dropHeld(sort);
    }
  }

  /** What the run holds needs no keeping. */
  private dropHeld(sort: Sort): void {
    const lines = this.held[sort] as Lines<Judgement | Decision>;
    for (const [place, { line }] of Object.entries(lines)) {
      const held = this.atRun.get(place);
      const age = held ? Date.parse(held.at) - Date.parse(line.at) : -1;
      if (held && (age > 0 || (age === 0 && isSame(line, held)))) delete lines[place];
    }
  }

  private save(): void {
    // Another tab may have saved meanwhile.
    this.takeIn(this.read(this.key));
    this.claim();
    this.write(this.key, JSON.stringify(this.held));
  }

  /** What was decided before there was a name is this person's. */
  private claim(): void {
    const { by, decisions } = this.held;
    for (const [place, kept] of Object.entries(decisions)) {
      if (kept.line.by || !by) continue;
      delete decisions[place];
      const line = { ...kept.line, by };
      decisions[placeOf("decisions", line)] = { ...kept, line };
    }
  }

  private read(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      this.failure = "it allows no storage here";
      return null;
    }
  }

  private write(key: string, text: string): void {
    try {
      localStorage.setItem(key, text);
      if (this.failure !== null && this.read(key) === text) this.failure = null;
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      this.failure = isFull ? "its storage is full" : "it allows no storage here";
    }
  }

  private tell(ids: Set<string> | null): void {
    for (const listener of this.listeners) listener(ids);
  }
}

function max(one: string, other: string): string {
  return one > other ? one : other;
}

/** What a line is about; of two lines about one place the later counts. Added entries are told apart by their times. */
function placeOf(sort: Sort, line: Judgement | Decision): string {
  // Two people may share a browser.
  if (sort === "decisions") return `${line.doc_id}\n${line.by}`;
  const { doc_id, path, at } = line as Judgement;
  return `${doc_id}\n${path}${path.endsWith("[]") ? `\n${at}` : ""}`;
}

/** Whether two lines of one time say the same; an entry that was added keeps its time when it is changed. */
function isSame(one: Judgement | Decision, other: Judgement | Decision): boolean {
  const said = (line: Judgement | Decision) => ("verdict" in line ? [line.verdict, line.value, line.note] : [line.decision]);
  return JSON.stringify(said(one)) === JSON.stringify(said(other));
}
