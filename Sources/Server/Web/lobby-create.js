// The dialog for a new table.
import { el } from "/web/dom.js";
import { optionsOf, playPath } from "/web/lobby-games.js";

const byId = (id) => document.getElementById(id);
const dialog = byId("create");
const form = byId("create-form");
const fault = byId("create-error");
const submit = byId("create-submit");
let game = null;

function numberField({ key, label, min, max, value }) {
  const id = `option-${key}`;
  return el("div", { class: "field" },
    el("label", { for: id }, label),
    el("input", { id, name: key, type: "number", inputMode: "numeric", min, max, step: 1, defaultValue: value, required: true, "aria-describedby": `${id}-hint` }),
    el("span", { class: "hint", id: `${id}-hint` }, `${min} to ${max}`));
}

export function openCreate(chosen) {
  game = chosen;
  form.reset();
  byId("create-title").textContent = `New table: ${game.name}`;
  byId("create-options").replaceChildren(...optionsOf(game.gameType).map(numberField));
  fault.hidden = true;
  submit.disabled = false;
  dialog.showModal();
}

function failed(text) {
  fault.textContent = text;
  fault.hidden = false;
  submit.disabled = false;
}

/** The options as they stand in the form, or null after the person was told what is wrong with them. */
function readOptions() {
  const options = {};
  for (const { key, label, min, max } of optionsOf(game.gameType)) {
    const field = form.elements[key];
    field.setAttribute("aria-invalid", String(!field.validity.valid));
    if (!field.validity.valid) {
      field.focus();
      failed(`${label}: a whole number from ${min} to ${max}.`);
      return null;
    }
    options[key] = field.valueAsNumber;
  }
  return options;
}

async function createRoom() {
  const options = readOptions();
  if (!options) return;
  submit.disabled = true;
  const visibility = form.elements.visibility.value;
  const response = await fetch("/api/rooms", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ gameType: game.gameType, visibility, options }),
  }).catch(() => null);
  if (!response) return failed("The server cannot be reached.");
  const answer = await response.json().catch(() => null);
  if (!response.ok) return failed(answer?.detail ?? answer?.title ?? "The server refused this table.");
  location.assign(playPath(game.gameType, `#room=${encodeURIComponent(answer.roomId)}`));
}

byId("create-cancel").onclick = () => dialog.close();
// The dialog itself is hit only outside of what is in it.
dialog.onclick = (click) => { if (click.target === dialog) dialog.close(); };
form.onsubmit = (submission) => {
  submission.preventDefault();
  createRoom();
};
