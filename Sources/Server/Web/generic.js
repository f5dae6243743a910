// The page of a game that brings none of its own: its view as a tree, and a box to send a move.
import { el } from "/web/dom.js";

export const style = true;

const mostEvents = 20;

/** A JSON value as nested lists; everything a game says is put in as text, never as markup. */
function tree(value) {
  if (value === null || typeof value !== "object") {
    return el("code", {}, typeof value === "string" ? `"${value}"` : String(value));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return el("code", {}, Array.isArray(value) ? "[]" : "{}");
  if (Array.isArray(value) && value.every((item) => item === null || typeof item !== "object")) {
    return el("code", {}, JSON.stringify(value));
  }
  return el("dl", { class: "json-tree" }, entries.map(([key, item]) =>
    el("div", { class: "json-entry" }, el("dt", {}, key), el("dd", {}, tree(item)))));
}

export default function mount(element, room, { announce, move }) {
  const view = el("div", { class: "json-view" });
  const box = el("textarea", { class: "input json-move", rows: 3, spellcheck: false, value: "{}", id: "json-move" });
  const problem = el("p", { class: "json-problem", role: "alert" });
  const events = el("ol", { class: "json-events", "aria-label": "Events" });
  const form = el("form", { class: "stack" },
    el("label", { for: "json-move" }, "Move, as a JSON object"), box, problem,
    el("button", { class: "btn btn-primary", type: "submit" }, "Send the move"));

  form.onsubmit = (submission) => {
    submission.preventDefault();
    let data;
    try {
      data = JSON.parse(box.value);
    } catch (error) {
      problem.textContent = `This is no JSON: ${error.message}`;
      return;
    }
    problem.textContent = "";
    move(data);
  };
  element.append(el("div", { class: "stack" }, view, form, events));

  return {
    update() {
      view.replaceChildren(room.view === undefined || room.view === null
        ? el("p", { class: "muted" }, "Nothing to see before the game starts.")
        : tree(room.view));
      form.hidden = room.role !== "player";
    },
    event(happened) {
      events.prepend(el("li", {}, el("code", {}, JSON.stringify(happened))));
      while (events.childElementCount > mostEvents) events.lastElementChild.remove();
      announce(`Event ${happened.event}.`);
    },
    destroy() { form.hidden = true; },
  };
}
