// The page around a game: enters a room, then keeps every part of the page in step with it.
import { Parlor } from "/parlor.js";
import { mountActions } from "/web/play-actions.js";
import { mountChat } from "/web/play-chat.js";
import { ask, el, makeAnnouncer, makeToasts, onlyWhenChanged } from "/web/dom.js";
import { askWhereToPlay, enterRoom, gameType, invitationLink, writeLink } from "/web/play-enter.js";
import { mountGame } from "/web/play-game.js";
import { mountSeats } from "/web/play-seats.js";
import { closedText, problemText, seatName, statusText } from "/web/play-words.js";

const part = (id) => document.getElementById(id);
const announce = makeAnnouncer(part("announcer"));
const toast = makeToasts(part("toasts"));
const client = new Parlor();

const connectionWords = {
  connecting: "Connecting…",
  waiting: "Connection lost. Your seat is kept for a while; trying again…",
  closed: "No connection to the server.",
};

client.on("state", (state) => {
  const text = connectionWords[state];
  part("connection").hidden = !text;
  if (!text) return;
  // Whoever knows that the network is back need not wait.
  const again = el("button", { class: "btn", type: "button", onclick: () => client.connect() }, "Try now");
  part("connection").replaceChildren(el("span", { class: "grow" }, text), ...(state === "connecting" ? [] : [again]));
});
client.on("server_draining", () => toast("The server restarts. Your seat is kept."));

async function act(request) {
  try {
    await request();
    return true;
  } catch (error) {
    toast(problemText(error));
    return false;
  }
}

/** Tells what changed since the last time, to those who do not see it. */
function makeTeller(room) {
  let last = { phase: undefined, turn: undefined, seats: new Map() };
  return () => {
    const seats = new Map(room.seats.map((seat) => [seat.seat, seat]));
    for (const [number, seat] of seats) {
      const before = last.seats.get(number);
      if (last.phase && before?.playerId !== seat.playerId) announce(`${seat.name} sat down.`);
      else if (before && before.connected !== seat.connected) announce(`${seat.name} is ${seat.connected ? "back" : "away"}.`);
    }
    for (const [number, seat] of last.seats) if (!seats.has(number)) announce(`${seat.name} left.`);
    const turn = room.view?.turn;
    if (room.phase !== last.phase || (room.phase === "playing" && turn !== last.turn)) announce(statusText(room));
    last = { phase: room.phase, turn, seats };
  };
}

const wants = (name) => (name === "You" ? "You want" : `${name} wants`);

function mountInvitation(room) {
  const link = invitationLink(room.id);
  part("invite-link").value = link;
  part("invite-link").onfocus = (focus) => focus.target.select();
  part("invite-copy").onclick = async () => {
    try {
      await navigator.clipboard.writeText(link);
      toast("Link copied.");
    } catch {
      // Without permission (or without HTTPS) the person copies the selected text.
      part("invite-link").select();
      toast("Copy the selected link.");
    }
  };
  part("invite-share").hidden = !navigator.share;
  // A share that was cancelled is no error.
  part("invite-share").onclick = () => navigator.share({ title: document.title, url: link }).catch(() => {});
}

function showTimer(room) {
  const timer = part("timer");
  const end = room.phase === "paused" ? room.pause?.untilMs : room.turnEndsAt;
  timer.hidden = !end || (room.phase !== "playing" && room.phase !== "paused");
  if (timer.hidden) return;
  const seconds = Math.max(0, Math.ceil((end - client.serverNow()) / 1000));
  timer.textContent = `${seconds} s`;
  timer.classList.toggle("urgent", seconds <= 10);
}

async function kick(seat, room) {
  const answer = await ask(part("question"), `Remove ${seat.name} from the room?`, [
    { label: "Keep", value: "" },
    { label: `Remove ${seat.name}`, value: "kick" },
  ]);
  if (answer === "kick") act(() => room.kick(seat.seat));
}

async function leave(room) {
  if (room.role === "player" && (room.phase === "playing" || room.phase === "paused")) {
    const answer = await ask(part("question"), "Leave now? The game counts as lost.", [
      { label: "Stay", value: "" },
      { label: "Leave", value: "leave" },
    ]);
    if (answer !== "leave") return;
  }
  await act(() => room.leave());
  location.assign("/");
}

async function openTable(room) {
  const name = (await client.games()).find((game) => game.gameType === room.gameType)?.name ?? room.gameType;
  part("game-name").textContent = name;
  part("leave").disabled = false;
  part("leave").onclick = () => leave(room);
  mountInvitation(room);

  const seats = mountSeats(room, { removeBot: (seat) => act(() => room.removeBot(seat)), kick: (seat) => kick(seat, room) });
  const actions = mountActions(room, act);
  const chat = mountChat(room, toast);
  const tell = makeTeller(room);
  const keepLink = onlyWhenChanged(writeLink);

  const game = await mountGame(part("board"), room, { announce, move: (data) => act(() => room.move(data)) });

  function update() {
    if (room.closed) return;
    keepLink({ id: room.id, role: room.role });
    const player = room.role === "player";
    const own = player ? room.seats.find((seat) => seat.seat === room.seat) : undefined;
    const isHost = player && room.host === room.seat;
    // In the title as well: who waits for the others looks at another tab.
    document.title = player && room.phase === "playing" && room.view?.turn === room.seat ? `Your turn · ${name}` : `${name} · Parlor`;
    part("status").textContent = statusText(room);
    part("status").className = `status-text phase-${room.phase}`;
    part("invitation").hidden = room.phase !== "waiting";
    const hadFocus = document.activeElement !== document.body;
    const watching = room.spectators ?? 0;
    part("spectators").textContent = watching > 0 ? `${watching} watching` : "";
    seats.update({ isHost, host: room.host });
    actions.update({ player, phase: room.phase, ready: own?.ready, votes: room.rematchVotes, isHost, locked: room.locked });
    chat.update();
    // The button that was pressed may be gone (ready, rematch): then the game is next, not the top of the page.
    if (hadFocus && document.activeElement === document.body) part("board").focus({ preventScroll: true });
    showTimer(room);
    // The game tells the move before the page tells whose turn it is, or who won.
    game.update(room);
    tell();
  }

  function showClosed() {
    game.destroy();
    part("invitation").hidden = part("timer").hidden = true;
    part("actions").replaceChildren(el("a", { class: "btn btn-primary", href: "/" }, "Back to the lobby"));
    part("status").textContent = closedText(room.closed);
    announce(closedText(room.closed));
  }

  room.on("change", update);
  room.on("chat", () => chat.update());
  room.on("event", (event) => game.event(event));
  room.on("rematch_voted", ({ seat }) => announce(`${wants(seatName(room, seat))} a rematch.`));
  room.on("replaced", async () => {
    if (await askWhereToPlay("This game was opened somewhere else.") === "here") act(() => client.takeOver(room.id));
    else location.assign("/");
  });
  room.on("closed", showClosed);
  setInterval(() => {
    if (room.closed) return;
    showTimer(room);
    seats.tick(client.serverNow());
  }, 250);
  update();
  // It may have ended while its game was being loaded.
  if (room.closed) showClosed();
}

// A link pasted into this tab names another room.
addEventListener("hashchange", () => location.reload());

try {
  await openTable(await enterRoom(client));
} catch (error) {
  part("status").textContent = problemText(error);
  part("side").hidden = true;
  part("actions").replaceChildren(
    el("a", { class: "btn btn-primary", href: `/play/${encodeURIComponent(gameType)}` }, "Find another room"),
    el("a", { class: "btn", href: "/" }, "Back to the lobby"));
  announce(problemText(error));
}
