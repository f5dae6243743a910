// The lobby: who one is, the games, and the tables that are open.
import { Parlor } from "/parlor.js";
import { el, makeToasts, recall, remember } from "/web/dom.js";
import { openCreate } from "/web/lobby-create.js";
import { playPath, showGames, showLive } from "/web/lobby-games.js";
import { showTables } from "/web/lobby-tables.js";

const onlineInterval = 30_000;

const byId = (id) => document.getElementById(id);
const toast = makeToasts(byId("toasts"));
const client = new Parlor();
let games = [];
let rooms = null;

const gameName = (gameType) => games.find((game) => game.gameType === gameType)?.name ?? gameType;

// The name

const nameField = byId("name");
nameField.value = recall("parlor:name");
nameField.oninput = () => remember("parlor:name", nameField.value.trim());
nameField.onchange = () => { nameField.value = nameField.value.trim(); };
byId("name-form").onsubmit = (submission) => {
  submission.preventDefault();
  nameField.blur();
};

// The connection

let wasLost = false;

/** The first connecting is no news; a loss is, until the connection is back. */
function showConnection() {
  const { state } = client;
  if (state === "open" && wasLost) toast("Connected again.");
  wasLost = state === "waiting" || (state === "connecting" && wasLost);
  const text = wasLost ? "No connection. Trying again…" : state === "closed" ? "The connection is closed." : null;
  const banner = byId("connection");
  banner.hidden = !text;
  banner.classList.toggle("banner-bad", state === "closed");
  if (!text) return;
  banner.replaceChildren(
    el("span", { class: "grow" }, text),
    el("button", { class: "btn", type: "button", onclick: () => client.connect() }, "Try now"));
}

/** An operator may keep /health to an address of its own: then nobody is counted. */
async function showOnline() {
  if (document.visibilityState !== "visible") return;
  const health = await fetch("/health").then((answer) => answer.json(), () => null).catch(() => null);
  const online = health?.connections;
  byId("online").hidden = !(online > 0);
  byId("online").textContent = `${online} online`;
}

client.on("state", showConnection);
client.on("server_draining", () => toast("The server restarts. Tables are kept."));
setInterval(showOnline, onlineInterval);
document.addEventListener("visibilitychange", showOnline);

// The games and the tables

function showContinue() {
  const last = client.lastRoom();
  const link = byId("continue");
  link.hidden = !last;
  if (!last) return;
  link.href = playPath(last.gameType, `#room=${encodeURIComponent(last.roomId)}`);
  link.textContent = `Back to your table: ${gameName(last.gameType)}`;
}

function showFilter() {
  const filter = byId("filter");
  const chosen = filter.value;
  const options = games.map((game) => el("option", { value: game.gameType }, game.name));
  filter.replaceChildren(el("option", { value: "" }, "All games"), ...options);
  filter.value = chosen;
}

function showRooms() {
  showLive(byId("games"), games, rooms ?? []);
  if (!rooms) return;
  const parts = { list: byId("rooms"), count: byId("rooms-count"), empty: byId("rooms-empty") };
  showTables(parts, rooms, byId("filter").value, gameName);
}

client.on("welcome", ({ data }) => {
  games = data.games;
  showGames(byId("games"), games, openCreate);
  showFilter();
  showContinue();
  showRooms();
  showOnline();
});
client.watchLobby((list) => {
  rooms = list;
  showRooms();
});
byId("filter").onchange = showRooms;
// The page comes back out of the browser's memory as it was left.
addEventListener("pageshow", ({ persisted }) => persisted && showContinue());
showConnection();
