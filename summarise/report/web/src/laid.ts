// A person's work laid over the rows of the page: what the table shows of them, and what still needs eyes.

import { idOf, type Decision, type HeldJudgement, type Judgement, type Row, type Run, type Said } from "./data";
import { isSettled, judgeable, judgedCell, offeredAgain, shownFields, standing, type ShownField } from "./overlay";
import type { Work } from "./storage";

/** How far a person has come with a record. */
export type Judged = "none" | "some" | "all";

export class Laid {
  private own = new Map<string, Judgement[]>();
  private decided = new Map<string, Decision>();
  /** What the page was told, of rows that show something else. */
  private readonly told = new Map<Row, Pick<Row, "cells" | "needsEyes">>();

  constructor(
    private readonly run: Run,
    private readonly work: Work,
  ) {
    this.read();
    for (const row of run.rows) this.renew(row);
  }

  /** The rows of papers, by their ids, with the work of now; null is of all. */
  take(ids: Set<string> | null): Row[] {
    const before = new Set([...this.own.keys(), ...this.decided.keys()]);
    this.read();
    const rows = this.run.rows.filter((row) => {
      const id = idOf(row);
      return ids ? ids.has(id) : row.decisions || before.has(id) || this.own.has(id) || this.decided.has(id);
    });
    for (const row of rows) this.renew(row);
    return rows;
  }

  fieldsOf(row: Row): ShownField[] {
    return shownFields(row, this.run.head.shape, standing(row, this.own.get(idOf(row)) ?? []));
  }

  /** What was said of an earlier text or record of a row. */
  offeredOf(row: Row): HeldJudgement[] {
    return offeredAgain(row, this.own.get(idOf(row)) ?? []);
  }

  judged(row: Row): Judged {
    if (!row.judgements && !this.own.has(idOf(row))) return "none";
    const settled = judgeable(this.fieldsOf(row)).map(({ value, entry }) => isSettled(value, entry));
    if (!settled.some(Boolean)) return "none";
    return settled.every(Boolean) ? "all" : "some";
  }

  /** What this person decided about a paper, of the text that it has now. */
  decisionOf(row: Row): Decision | undefined {
    const own = this.decided.get(idOf(row));
    if (own?.content_hash === row.hash) return own.decision === "undecided" ? undefined : own;
    const held = (row.decisions ?? []).filter((one) => one.by === this.work.by && one.content_hash === row.hash).at(-1);
    return held && held.decision !== "undecided" ? { ...held, doc_id: idOf(row) } : undefined;
  }

  /** What was decided about an earlier text of a paper. */
  earlier(row: Row): Decision["decision"] | undefined {
    const held = (row.decisions ?? []).filter((one) => one.by === this.work.by).at(-1);
    const last = this.decided.get(idOf(row)) ?? held;
    return last && last.content_hash !== row.hash ? last.decision : undefined;
  }

  private read(): void {
    this.own = Map.groupBy(this.work.lines("judgements"), (line) => line.doc_id);
    const own = this.work.lines("decisions").filter((line) => line.by === this.work.by);
    this.decided = new Map(own.map((line) => [line.doc_id, line]));
  }

  /** Make what the table shows of a row anew. */
  private renew(row: Row): void {
    const told = this.told.get(row);
    if (told) Object.assign(row, told);
    const decision = this.decisionOf(row);
    if (decision) row.decision = decision;
    else delete row.decision;
    const own = this.own.get(idOf(row));
    if (!own?.length && !row.judgements) return;
    this.told.set(row, { cells: row.cells, ...(row.needsEyes === undefined ? {} : { needsEyes: row.needsEyes }) });
    const lines = new Set((own ?? []).map((line) => `${line.path}\n${line.at}`));
    const isOwn = (said: Said) => lines.has(`${said.path}\n${said.at}`);
    const fields = this.fieldsOf(row);
    const held = standing(row, []);
    row.cells = row.cells.map((cell, at) => (fields[at] ? judgedCell(cell, fields[at], isOwn, held) : cell));
    row.needsEyes = row.needsEyes === true && needsEyes(row, fields);
  }
}

/** Whether code doubts something that nobody has settled; what it says of a whole paper, all of its values settle. */
function needsEyes(row: Row, fields: ShownField[]): boolean {
  const values = judgeable(fields);
  const flagged = values.filter(({ value }) => value.state);
  const looked = flagged.length && !row.instructions?.length && !row.isUnread ? flagged : values;
  return !looked.length || !looked.every(({ value, entry }) => isSettled(value, entry));
}
