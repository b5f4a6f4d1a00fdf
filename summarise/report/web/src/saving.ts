// What stands above the table of a person's work: whose it is, how much, whether it is kept, and its way into the run.

import type { Run } from "./data";
import { element } from "./dom";
import { saveFile } from "./exports";
import type { Sort, Work } from "./storage";

const FILES: Record<Sort, [name: string, command: string, one: string, several: string]> = {
  judgements: ["corrections.jsonl", "correct", "judgement", "judgements"],
  decisions: ["screening.jsonl", "screen", "decision", "decisions"],
};

/** The bar of a person's work. */
export function workBar(run: Run, work: Work, ...more: HTMLElement[]): HTMLElement {
  const name = element("input", { type: "text", id: "by" });
  name.autocomplete = "name";
  name.value = work.by;
  name.addEventListener("change", () => (work.by = name.value.trim()));
  const failure = element("p", { class: "flag failure", role: "alert" });
  const told = element("div", { class: "told", role: "status" });
  const saves = (["judgements", "decisions"] as const).map((sort) => saveButton(run, work, sort, name, told));
  const renew = () => {
    name.value = work.by;
    failure.textContent = work.failure && `⚠ This browser doesn't keep your work: ${work.failure}. It is in this tab alone: save it before you leave.`;
    for (const save of saves) save.renew();
  };
  work.listen(renew);
  renew();
  const line = element("div", { class: "line" }, element("label", {}, "Your name ", name), ...saves.map((save) => save.node), ...more);
  return element("section", { class: "work-bar", "aria-label": "Your work" }, line, failure, told);
}

function saveButton(run: Run, work: Work, sort: Sort, name: HTMLInputElement, told: HTMLElement) {
  const [file, command, one, several] = FILES[sort];
  const count = element("span", {});
  const button = element("button", { type: "button", class: `save-${sort}` }, `Save ${file}`);
  const node = element("span", { class: "save" }, count, " ", button);
  const renew = () => {
    const all = work.lines(sort as "judgements").length;
    const waiting = work.waiting(sort);
    node.hidden = !all;
    count.textContent = `${all} ${all === 1 ? one : several}, ${waiting ? `${waiting} not saved` : "saved"}`;
    node.classList.toggle("is-waiting", waiting > 0);
  };
  button.addEventListener("click", () => {
    if (!work.by) {
      told.replaceChildren(element("p", {}, "Whose work is it? Your name goes into the file."));
      name.focus();
      name.addEventListener("change", () => button.click(), { once: true });
      return;
    }
    const lines = work.lines(sort as "judgements").map((line) => JSON.stringify({ ...line, by: line.by || work.by }));
    saveFile(file, "application/jsonl", lines.map((line) => `${line}\n`).join(""));
    work.markExported(sort, true);
    told.replaceChildren(...nextStep(run, work, sort, file, command));
  });
  return { node, renew };
}

/** What to do with the file that was saved. */
function nextStep(run: Run, work: Work, sort: Sort, file: string, command: string): HTMLElement[] {
  const typed = `summarise ${command} ${run.head.place} ${file}`;
  const copy = element("button", { type: "button" }, "Copy");
  copy.addEventListener("click", () => {
    navigator.clipboard.writeText(typed).then(
      () => (copy.textContent = "Copied"),
      () => (copy.textContent = "Copy it by hand"),
    );
  });
  const missing = element("button", { type: "button" }, "It isn't there");
  missing.addEventListener("click", () => work.markExported(sort, false));
  return [
    element("p", {}, `${file} is where your browser saves files. Move it to where you type, then type: `, element("code", {}, typed), " ", copy, " ", missing),
    element("p", { class: "note" }, "Until a page that is written after that knows of it, your work stays in this browser as well."),
  ];
}
