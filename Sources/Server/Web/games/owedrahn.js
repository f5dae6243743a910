// Owe Drahn: roll into one shared total and do not be the one who passes 15.
import { makeDie } from "/web/die.js";
import { makeEventLog } from "/web/event-log.js";
import { allow, el, gatedButton, onlyWhenChanged, replaceContents } from "/web/dom.js";
import { seatName } from "/web/play-words.js";

export const style = true;

const highestSafeTotal = 15;
const lowestTotalToOwe = 10;

export default function mount(element, room, { announce, move }) {
  const die = makeDie();
  const number = el("span", { class: "owe-number nums" }, "0");
  const steps = Array.from({ length: highestSafeTotal }, (_, index) =>
    el("span", { class: index + 1 >= lowestTotalToOwe ? "owe-step hot" : "owe-step" }));
  const gauge = el("div", { class: "owe-gauge", role: "meter", "aria-label": "Shared total", "aria-valuemin": "0", "aria-valuemax": String(highestSafeTotal) }, steps);
  const roll = gatedButton("Roll", "btn btn-primary", () => move({ action: "roll" }));
  const next = el("select", { class: "input owe-next", "aria-label": "Who is next after owing" });
  const owe = gatedButton("Owe a life", "btn", () => move({ action: "owe", next: Number(next.value) }));
  const players = el("ol", { class: "owe-players", "aria-label": "Lives and balances" });
  const name = (seat) => seatName(room, seat);
  const log = makeEventLog(room, {
    rolled: ({ seat, value, total }) => `${name(seat)} rolled a ${value}${value === 3 ? ", which adds nothing" : ""}: total ${total}.`,
    eliminated: ({ seat, total }) => total > highestSafeTotal ? `${name(seat)} passed ${highestSafeTotal} with ${total}: out!` : `${name(seat)}: out!`,
    owed: ({ seat, next: after }) => `${name(seat)} owed a life. Next: ${name(after)}.`,
  }, announce);

  element.append(el("div", { class: "card owe" },
    el("div", { class: "owe-middle" },
      die.element,
      el("p", { class: "owe-total" }, el("span", { class: "muted" }, "Total"), el("span", {}, number, el("span", { class: "muted" }, ` / ${highestSafeTotal}`)))),
    gauge,
    el("div", { class: "actions owe-actions" }, roll, el("span", { class: "owe-choice" }, owe, next)),
    players, log.element));

  const drawPlayers = onlyWhenChanged(({ list, turn, names }) => {
    replaceContents(players, list.map(({ seat, lives, alive, balance }, index) =>
      el("li", { class: ["owe-player", turn === seat && "on-turn", !alive && "out"].filter(Boolean).join(" ") },
        el("span", { class: "owe-name" }, names[index]),
        el("span", { class: "owe-lives", role: "img", "aria-label": alive ? `${lives} lives` : "out" },
          alive ? "♥".repeat(lives) : "out"),
        el("span", { class: "owe-balance nums", "aria-label": `balance ${balance}` }, balance > 0 ? `+${balance}` : String(balance)))));
  });

  const drawNext = onlyWhenChanged(({ seats, names }) => {
    const before = next.value;
    next.replaceChildren(...seats.map((seat, index) => el("option", { value: String(seat) }, `then ${names[index]}`)));
    if (seats.includes(Number(before)) && before !== "") next.value = before;
  });

  function drawGauge(total) {
    number.textContent = String(total);
    gauge.setAttribute("aria-valuenow", String(total));
    steps.forEach((step, index) => step.classList.toggle("filled", index < total));
  }

  /** The living after one's own seat, in the order of the table: the usual choice stands first. */
  function choices(view) {
    const living = view.players.filter((player) => player.alive && player.seat !== room.seat).map((player) => player.seat);
    return [...living.filter((seat) => seat > room.seat), ...living.filter((seat) => seat < room.seat)];
  }

  return {
    update() {
      const { view } = room;
      const mine = room.phase === "playing" && room.role === "player" && view?.turn === room.seat;
      const self = view?.players.find((player) => player.seat === room.seat);
      allow(roll, mine);
      allow(owe, mine && self.lives > 1 && view.total >= lowestTotalToOwe);
      if (!view) return;
      die.show(view.lastRoll);
      drawGauge(view.total);
      drawPlayers({
        list: view.players,
        turn: room.phase === "playing" ? view.turn : undefined,
        names: view.players.map((player) => name(player.seat)),
      });
      const seats = room.role === "player" ? choices(view) : [];
      drawNext({ seats, names: seats.map(name) });
    },
    event(happened) {
      if (happened.event === "rolled") die.roll();
      log.add(happened);
    },
    destroy() { for (const button of [roll, owe]) allow(button, false); },
  };
}
