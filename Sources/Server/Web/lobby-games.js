// The games as cards: play at once, open a table, or watch one.
import { el, replaceContents } from "/web/dom.js";

/** What the lobby knows about a game beyond its manifest. A game that is not here gets a card all the same. */
const known = {
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
const fallbackArt = '<circle cx="42" cy="45" r="15"/><circle cx="78" cy="45" r="15" opacity=".5"/>';

/** The options that a new table of a game can have: `{key, label, min, max, value}`. */
export const optionsOf = (gameType) => known[gameType]?.options ?? [];

export const playPath = (gameType, fragment = "") => `/play/${encodeURIComponent(gameType)}${fragment}`;
export const watchPath = ({ gameType, roomId }) => playPath(gameType, `#room=${encodeURIComponent(roomId)}&watch=1`);

function art(gameType) {
  const svg = new DOMParser().parseFromString(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90" fill="none" stroke="currentColor" stroke-width="3.5"
      stroke-linecap="round" stroke-linejoin="round">${known[gameType]?.art ?? fallbackArt}</svg>`,
    "image/svg+xml",
  ).documentElement;
  svg.setAttribute("class", "game-art");
  svg.setAttribute("aria-hidden", "true");
  return document.importNode(svg, true);
}

function seatsText({ minSeats, maxSeats }) {
  return minSeats === maxSeats ? `${minSeats} players` : `${minSeats}–${maxSeats} players`;
}

/** To the newest game that is being played. Without one a line stands there too, so that the cards of a row stay alike. */
function liveLine({ gameType, name }, running) {
  if (running.length === 0) return el("span", { class: "muted" }, "No game is running");
  const text = running.length === 1 ? "Watch the running game" : `Watch one of ${running.length} games`;
  return el("a", { href: watchPath(running[0]), "aria-label": `${text}: ${name}`, "data-key": "watch" }, text);
}

function card(game, onNewTable) {
  const { gameType, name } = game;
  return el("li", { class: "card game", "data-game": gameType },
    art(gameType),
    el("div", { class: "game-body" },
      el("div", { class: "game-title" },
        el("h3", {}, name),
        el("span", { class: "badge" }, seatsText(game))),
      el("p", { class: "muted small" }, known[gameType]?.text ?? "A game of this house.")),
    el("div", { class: "game-actions" },
      el("a", { class: "btn btn-primary", href: playPath(gameType), "aria-label": `Quick play: ${name}` }, "Quick play"),
      el("button", { class: "btn", type: "button", "aria-label": `New table: ${name}`, onclick: () => onNewTable(game) }, "New table"),
      el("p", { class: "game-live small" })));
}

export function showGames(list, games, onNewTable) {
  list.replaceChildren(...games.map((game) => card(game, onNewTable)));
  list.removeAttribute("aria-busy");
}

/** Brings the cards in step with the tables; what stays the same is left alone, under a finger or the focus. */
export function showLive(list, games, rooms) {
  for (const game of games) {
    const running = rooms.filter((room) => room.gameType === game.gameType && room.phase === "playing");
    const line = list.querySelector(`[data-game="${CSS.escape(game.gameType)}"] .game-live`);
    const print = `${running.length} ${running[0]?.roomId}`;
    if (line.dataset.print === print) continue;
    line.dataset.print = print;
    replaceContents(line, [liveLine(game, running)]);
  }
}
