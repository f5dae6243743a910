// Pig: roll for more, or hold what you have.
import { makeDie } from "/web/die.js";
import { makeEventLog } from "/web/event-log.js";
import { allow, el, gatedButton, onlyWhenChanged, replaceContents } from "/web/dom.js";
import { seatName } from "/web/play-words.js";

export const style = true;

export default function mount(element, room, { announce, move }) {
  const die = makeDie();
  const total = el("span", { class: "dice-total-number" }, "0");
  const roll = gatedButton("Roll", "btn btn-primary", () => move({ action: "roll" }));
  const hold = gatedButton("Hold", "btn", () => move({ action: "hold" }));
  const scores = el("ol", { class: "dice-scores", "aria-label": "Scores" });
  const name = (seat) => seatName(room, seat);
  const log = makeEventLog(room, {
    rolled: ({ seat, value }) => `${name(seat)} rolled a ${value}.`,
    busted: ({ seat }) => `${name(seat)} lost the turn total.`,
    held: ({ seat, banked, score }) => `${name(seat)} banked ${banked}: ${score} in all.`,
  }, announce);

  element.append(el("div", { class: "card dice" },
    el("div", { class: "dice-middle" },
      die.element,
      el("p", { class: "dice-total" }, el("span", { class: "muted" }, "Turn total"), total)),
    el("div", { class: "actions dice-actions" }, roll, hold),
    scores, log.element));

  const drawScores = onlyWhenChanged(({ list, target, turn, names }) => {
    replaceContents(scores, list.map((score, seat) =>
      el("li", { class: turn === seat ? "dice-score on-turn" : "dice-score", "data-seat": String(seat) },
        el("span", { class: "dice-name" }, names[seat]),
        el("span", { class: "dice-points nums" }, `${score} / ${target}`),
        el("progress", { max: target, value: Math.min(score, target), "aria-label": `Score of ${names[seat]}` }))));
  });

  return {
    update() {
      const { view } = room;
      const mine = room.phase === "playing" && room.role === "player" && view?.turn === room.seat;
      allow(roll, mine);
      allow(hold, mine && view.turnTotal > 0);
      if (!view) return;
      die.show(view.lastRoll);
      total.textContent = String(view.turnTotal);
      const names = view.scores.map((_, seat) => name(seat));
      drawScores({ list: view.scores, target: view.target, turn: room.phase === "playing" ? view.turn : undefined, names });
    },
    event(happened) {
      if (happened.event === "rolled") die.roll();
      log.add(happened);
    },
    destroy() { for (const button of [roll, hold]) allow(button, false); },
  };
}
