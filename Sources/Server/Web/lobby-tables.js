// The open tables: where one can sit down, and what one can watch.
import { el } from "/web/dom.js";
import { playPath, watchPath } from "/web/lobby-games.js";

const phases = {
  waiting: ["Waiting", "badge-good"],
  playing: ["Playing", "badge-info"],
  paused: ["Paused", "badge-warn"],
};
/** The server's list holds no more. */
const mostRooms = 100;
const mostSeatDots = 8;

const isOpen = (room) => room.phase === "waiting" && !room.locked && room.players < room.maxSeats;

function seatDots({ players, maxSeats }) {
  const dots = Array.from({ length: Math.min(maxSeats, mostSeatDots) }, (_, seat) => el("i", { class: seat < players ? "taken" : "" }));
  return el("span", { class: "seats", "aria-hidden": "true" }, dots);
}

function tableRow(room, name) {
  const [phaseText, phaseClass] = phases[room.phase] ?? [room.phase, ""];
  const about = `${name}, ${room.players} of ${room.maxSeats} seats taken`;
  const watching = room.spectators ? ` · ${room.spectators} watching` : "";
  const here = playPath(room.gameType, `#room=${encodeURIComponent(room.roomId)}`);
  return el("li", { class: "room", "data-room": room.roomId },
    el("div", { class: "room-name" },
      el("strong", {}, name),
      el("span", { class: "muted small nums" }, seatDots(room), ` ${room.players} of ${room.maxSeats}${watching}`)),
    el("span", { class: `badge dot ${phaseClass}` }, phaseText),
    room.locked && el("span", { class: "badge" }, "Locked"),
    el("div", { class: "room-links" },
      el("a", { class: "btn", href: watchPath(room), "aria-label": `Watch ${about}` }, "Watch"),
      isOpen(room) && el("a", { class: "btn btn-primary", href: here, "aria-label": `Join ${about}` }, "Join")));
}

/** Puts rows in place of the list's, and keeps the focus on the same link of the same table. */
function replaceRows(list, rows) {
  if (rows.length === list.children.length && rows.every((row, index) => row === list.children[index])) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...rows);
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

/** Shows `rooms`, of one game when `chosen` names it. Rows that did not change stay the same elements, under the finger. */
export function showTables(parts, rooms, chosen, gameName) {
  const shown = rooms
    .filter((room) => room.phase !== "finished" && (!chosen || room.gameType === chosen))
    .sort((a, b) => isOpen(b) - isOpen(a) || b.createdAt - a.createdAt);
  const old = new Map([...parts.list.children].map((row) => [row.dataset.room, row]));
  replaceRows(parts.list, shown.map((room) => {
    const name = gameName(room.gameType);
    const print = JSON.stringify([room, name]);
    const known = old.get(room.roomId);
    const row = known?.dataset.print === print ? known : tableRow(room, name);
    row.dataset.print = print;
    return row;
  }));
  parts.count.hidden = shown.length === 0;
  parts.count.textContent = shown.length >= mostRooms ? `${mostRooms}+` : String(shown.length);
  parts.empty.hidden = shown.length > 0;
  parts.empty.textContent = chosen
    ? `Nobody plays ${gameName(chosen)} right now. Open a table!`
    : "No table is open right now. Start one!";
}
