/** The lobby: choose a game, open a table, or sit down at one. */
import { Parlor } from "/parlor.js";

/** What the lobby knows about a game beyond its manifest. A game that is not here gets a card all the same. */
const KNOWN = {
  tictactoe: {
    text: "Three in a row. Quick, and harder than it looks.",
    art: '<path d="M47 12v66M73 12v66M27 32h66M27 58h66" opacity=".35"/><path d="m31 16 11 11m0-11L31 27m47 37 11 11m0-11L78 75"/><circle cx="60" cy="45" r="6.5"/>',
  },
  dice: {
    text: "Push your luck: roll again, or bank what you have.",
    art: '<rect x="24" y="26" width="40" height="40" rx="9" transform="rotate(-10 44 46)"/><rect x="66" y="30" width="32" height="32" rx="8" transform="rotate(12 82 46)" opacity=".5"/><g fill="currentColor" stroke="none"><circle cx="34" cy="38" r="3.4"/><circle cx="44" cy="46" r="3.4"/><circle cx="54" cy="54" r="3.4"/><circle cx="82" cy="46" r="3.4"/></g>',
    options: [
      { key: "seats", label: "Seats", min: 2, max: 6, value: 2 },
      { key: "target", label: "Points to win", min: 10, max: 1000, value: 100 },
    ],
  },
  pong: {
    text: "Two paddles, one ball, first to ten. In real time.",
    art: '<path d="M60 10v70" stroke-dasharray="5 7" opacity=".45"/><path d="M20 22v26M100 42v26" stroke-width="6"/><circle cx="76" cy="34" r="5" fill="currentColor" stroke="none"/><path d="M32 62 64 40" opacity=".4" stroke-dasharray="2 6"/>',
  },
  owedrahn: {
    text: "Keep the total under sixteen, or turn it on somebody else.",
    art: '<circle cx="60" cy="45" r="29" opacity=".4"/><path d="M60 16a29 29 0 0 1 28 22m0 0 5-9m-5 9-9-4"/><rect x="46" y="31" width="28" height="28" rx="7"/><g fill="currentColor" stroke="none"><circle cx="54" cy="39" r="2.7"/><circle cx="66" cy="39" r="2.7"/><circle cx="60" cy="45" r="2.7"/><circle cx="54" cy="51" r="2.7"/><circle cx="66" cy="51" r="2.7"/></g>',
    options: [
      { key: "lives", label: "Lives", min: 1, max: 10, value: 6 },
      { key: "bet", label: "Bet per player", min: 0, max: 1000, value: 1 },
    ],
  },
};
const FALLBACK_ART = '<circle cx="42" cy="45" r="15"/><circle cx="78" cy="45" r="15" opacity=".5"/>';
const PHASES = {
  waiting: ["Waiting", "badge-good"],
  playing: ["Playing", "badge-info"],
  paused: ["Paused", "badge-warn"],
};

const byId = (id) => document.getElementById(id);
const client = new Parlor();
let games = [];
let rooms = null;
let creating = null;

/** An element with properties and children; text is never read as HTML. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const playURL = (type, fragment = "") => `/play/${encodeURIComponent(type)}${fragment}`;
const gameName = (type) => games.find((game) => game.gameType === type)?.name ?? type;

function remember(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // Forbidden storage: the name lasts as long as the page.
  }
}

function recall(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

// The name

const nameField = byId("name");
nameField.value = recall("parlor:name");
nameField.addEventListener("change", () => {
  nameField.value = nameField.value.trim().slice(0, 32);
  remember("parlor:name", nameField.value);
});
nameField.addEventListener("input", () => remember("parlor:name", nameField.value.trim()));
byId("name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  nameField.blur();
});

// The connection

let isTroubled = false;

function showConnection() {
  isTroubled = client.state === "waiting" || (client.state === "connecting" && isTroubled);
  const banner = byId("connection");
  banner.replaceChildren();
  banner.className = "banner";
  const again = make("button", { className: "btn", type: "button", textContent: "Try now", onclick: () => client.connect() });
  if (isTroubled) banner.append(make("span", { className: "grow" }, "No connection. Trying again…"), again);
  else if (client.state === "closed") {
    banner.classList.add("banner-bad");
    banner.append(make("span", { className: "grow" }, "The connection is closed."), again);
  }
  banner.hidden = banner.childElementCount === 0;
}

client.on("state", showConnection);
client.on("server_draining", () => toast("The server restarts. Tables are kept."));

function toast(text) {
  const element = make("div", { className: "toast" }, text);
  byId("toasts").append(element);
  setTimeout(() => element.remove(), 5000);
}

// The games

function art(type) {
  const svg = new DOMParser().parseFromString(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90" fill="none" stroke="currentColor" stroke-width="3.5"
      stroke-linecap="round" stroke-linejoin="round">${KNOWN[type]?.art ?? FALLBACK_ART}</svg>`,
    "image/svg+xml",
  ).documentElement;
  svg.setAttribute("class", "game-art");
  svg.setAttribute("aria-hidden", "true");
  return document.importNode(svg, true);
}

function seatsText({ minSeats, maxSeats }) {
  return minSeats === maxSeats ? `${minSeats} players` : `${minSeats}–${maxSeats} players`;
}

function card(game) {
  const play = make("a", { className: "btn btn-primary", href: playURL(game.gameType) }, "Quick play");
  play.setAttribute("aria-label", `Quick play: ${game.name}`);
  const create = make("button", { className: "btn", type: "button", onclick: () => openCreate(game) }, "New table");
  create.setAttribute("aria-label", `New table: ${game.name}`);
  const item = make(
    "li",
    { className: "card game" },
    art(game.gameType),
    make(
      "div",
      { className: "game-body" },
      make(
        "div",
        { className: "game-title" },
        make("h3", {}, game.name),
        make("span", { className: "badge" }, seatsText(game)),
      ),
      make("p", { className: "muted small" }, KNOWN[game.gameType]?.text ?? "A game of this house."),
    ),
    make("div", { className: "game-actions" }, play, create),
  );
  item.dataset.game = game.gameType;
  return item;
}

function showGames() {
  byId("games").replaceChildren(...games.map(card));
  byId("games").removeAttribute("aria-busy");
  const filter = byId("filter");
  const chosen = filter.value;
  const options = games.map((game) => make("option", { value: game.gameType }, game.name));
  filter.replaceChildren(make("option", { value: "" }, "All games"), ...options);
  filter.value = chosen;
  const last = client.lastRoom();
  const link = byId("continue");
  link.hidden = !last;
  if (!last) return;
  link.href = playURL(last.gameType, `#room=${last.roomId}`);
  link.textContent = `Back to your table: ${gameName(last.gameType)}`;
}

// The tables

function seatDots({ players, maxSeats }) {
  const dots = make("span", { className: "seats" });
  dots.setAttribute("aria-hidden", "true");
  for (let index = 0; index < Math.min(maxSeats, 8); index += 1) dots.append(make("i", { className: index < players ? "taken" : "" }));
  return dots;
}

function roomRow(room) {
  const [phaseText, phaseClass] = PHASES[room.phase] ?? [room.phase, ""];
  const here = playURL(room.gameType, `#room=${room.roomId}`);
  const canJoin = room.phase === "waiting" && !room.locked && room.players < room.maxSeats;
  const name = gameName(room.gameType);
  const about = `${name}, ${room.players} of ${room.maxSeats} seats taken`;
  const join = canJoin ? make("a", { className: "btn btn-primary", href: here }, "Join") : null;
  join?.setAttribute("aria-label", `Join ${about}`);
  const watch = make("a", { className: "btn", href: `${here}&watch=1` }, "Watch");
  watch.setAttribute("aria-label", `Watch ${about}`);
  const watching = room.spectators ? ` · ${room.spectators} watching` : "";
  const row = make(
    "li",
    { className: "room" },
    make(
      "div",
      { className: "room-name" },
      make("strong", {}, name),
      make("span", { className: "muted small nums" }, seatDots(room), ` ${room.players} of ${room.maxSeats}${watching}`),
    ),
    make("span", { className: `badge dot ${phaseClass}` }, phaseText),
    room.locked ? make("span", { className: "badge" }, "Locked") : null,
    make("div", { className: "room-links" }, watch, join ?? ""),
  );
  row.dataset.room = room.roomId;
  return row;
}

/** Draws the list anew where it changed, so that the row under somebody's finger stays. */
function showRooms() {
  if (!rooms) return;
  const list = byId("rooms");
  const chosen = byId("filter").value;
  const order = (room) => (room.phase === "waiting" && !room.locked ? 0 : 1);
  const shown = rooms
    .filter((room) => room.phase !== "finished" && (!chosen || room.gameType === chosen))
    .sort((a, b) => order(a) - order(b) || b.createdAt - a.createdAt);
  const old = new Map([...list.children].map((row) => [row.dataset.room, row]));
  const rows = shown.map((room) => {
    const print = JSON.stringify(room) + gameName(room.gameType);
    const known = old.get(room.roomId);
    if (known?.dataset.print === print) return known;
    const row = roomRow(room);
    row.dataset.print = print;
    return row;
  });
  const isSame = rows.length === list.children.length && rows.every((row, index) => row === list.children[index]);
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  if (!isSame) list.replaceChildren(...rows);
  if (focused && !list.contains(document.activeElement)) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  byId("rooms-count").hidden = rows.length === 0;
  byId("rooms-count").textContent = rows.length >= 100 ? "100+" : String(rows.length);
  const empty = byId("rooms-empty");
  empty.hidden = rows.length > 0;
  empty.textContent = chosen ? `Nobody plays ${gameName(chosen)} right now. Open a table!` : "No table is open right now. Start one!";
}

byId("filter").addEventListener("change", showRooms);

// A new table

function numberField({ key, label, min, max, value }) {
  const id = `option-${key}`;
  const input = make("input", { id, name: key, type: "number", inputMode: "numeric", min, max, step: 1, value: String(value), required: true });
  const hint = make("span", { className: "hint", id: `${id}-hint` }, `${min} to ${max}`);
  input.setAttribute("aria-describedby", hint.id);
  return make("div", { className: "field" }, make("label", { htmlFor: id }, label), input, hint);
}

function openCreate(game) {
  creating = game;
  byId("create-form").reset();
  byId("create-title").textContent = `New table: ${game.name}`;
  byId("create-options").replaceChildren(...(KNOWN[game.gameType]?.options ?? []).map(numberField));
  byId("create-error").hidden = true;
  byId("create-submit").disabled = false;
  byId("create").showModal();
}

function createFailed(text) {
  byId("create-error").textContent = text;
  byId("create-error").hidden = false;
  byId("create-submit").disabled = false;
}

async function createRoom() {
  const form = byId("create-form");
  const options = {};
  for (const { key, label, min, max } of KNOWN[creating.gameType]?.options ?? []) {
    const field = form.elements[key];
    const isGood = field.value !== "" && field.validity.valid;
    field.setAttribute("aria-invalid", String(!isGood));
    if (!isGood) {
      field.focus();
      return createFailed(`${label}: a whole number from ${min} to ${max}.`);
    }
    options[key] = field.valueAsNumber;
  }
  byId("create-submit").disabled = true;
  const visibility = form.elements.visibility.value;
  const response = await fetch("/api/rooms", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ gameType: creating.gameType, visibility, options }),
  }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (!response) return createFailed("The server cannot be reached.");
  if (!response.ok) return createFailed(answer?.detail ?? answer?.message ?? answer?.title ?? "The server refused this table.");
  location.assign(playURL(creating.gameType, `#room=${answer.roomId}`));
}

byId("create-cancel").addEventListener("click", () => byId("create").close());
byId("create").addEventListener("click", (event) => {
  if (event.target === byId("create")) byId("create").close();
});
byId("create-form").addEventListener("submit", (event) => {
  event.preventDefault();
  createRoom();
});
addEventListener("pageshow", ({ persisted }) => persisted && showGames());

// Go

client.on("welcome", ({ data }) => {
  games = data.games;
  showGames();
  showRooms();
});
client.watchLobby((list) => {
  rooms = list;
  showRooms();
});
showConnection();
