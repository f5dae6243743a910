// The row of seats: who sits where, who is host, a bot, away or ready, and whose turn it is.
import { el, onlyWhenChanged, replaceContents } from "/web/dom.js";

export function mountSeats(room, actions) {
  const list = document.querySelector("#seats");

  const draw = onlyWhenChanged(({ seats, turn, isHost, mine, waiting, host }) => {
    replaceContents(list, seats.map((seat) => seatCard(seat, { turn, isHost, mine, waiting, host })));
  });

  function seatCard(seat, { turn, isHost, mine, waiting, host }) {
    const marks = [];
    if (seat.seat === mine) marks.push(el("span", { class: "badge" }, "you"));
    if (seat.seat === host) marks.push(el("span", { class: "badge" }, "host"));
    if (seat.bot) marks.push(el("span", { class: "badge" }, "bot"));
    if (seat.ready !== undefined && waiting) marks.push(el("span", { class: "badge" }, seat.ready ? "ready" : "not ready"));
    if (!seat.connected && !seat.bot) marks.push(el("span", { class: "badge away", "data-away": String(seat.seat) }, "away"));
    const classes = ["seat", turn === seat.seat && "on-turn", !seat.connected && !seat.bot && "is-away"].filter(Boolean);
    return el("li", { class: classes.join(" "), "data-seat": String(seat.seat), "aria-current": turn === seat.seat ? "true" : undefined },
      el("span", { class: "seat-number", "aria-hidden": "true" }, String(seat.seat + 1)),
      el("span", { class: "seat-who" },
        el("span", { class: "seat-name" }, seat.name),
        el("span", { class: "seat-marks" }, marks)),
      seatButton(seat, isHost, mine, waiting));
  }

  function seatButton(seat, isHost, mine, waiting) {
    if (seat.bot && waiting && mine !== null) {
      return button(seat, `Remove the bot ${seat.name}`, () => actions.removeBot(seat.seat));
    }
    if (!seat.bot && isHost && seat.seat !== mine) {
      return button(seat, `Kick ${seat.name}`, () => actions.kick(seat));
    }
    return null;
  }

  const button = (seat, label, onclick) =>
    el("button", { class: "btn btn-quiet seat-button", type: "button", title: label, "aria-label": label, "data-key": `seat-${seat.seat}`, onclick }, "✕");

  return {
    update({ isHost, host }) {
      const seats = room.seats.map(({ seat, name, connected, bot, ready }) => ({ seat, name, connected, bot, ready }));
      draw({
        seats, host, isHost,
        turn: room.phase === "playing" ? room.view?.turn : undefined,
        mine: room.role === "player" ? room.seat : null,
        waiting: room.phase === "waiting",
      });
    },
    /** Counts down the grace of those who are away, by the server's clock. */
    tick(now) {
      for (const badge of list.querySelectorAll("[data-away]")) {
        const end = room.seats.find((seat) => seat.seat === Number(badge.dataset.away))?.awayUntil;
        badge.textContent = end === undefined ? "away" : `away, ${Math.max(0, Math.ceil((end - now) / 1000))} s`;
      }
    },
  };
}
