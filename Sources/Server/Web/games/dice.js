// Pig: roll for more, or hold what you have.
import { makeDie } from "/web/die.js";
import { allow, el, gatedButton, onlyWhenChanged, replaceContents } from "/web/play-dom.js";
import { seatName } from "/web/play-words.js";

export const style = true;

const longestLog = 6;

export default function mount(element, room, { announce, move }) {
  const die = makeDie();
  const total = el("span", { class: "dice-total-number" }, "0");
  const roll = gatedButton("Roll", "btn btn-primary", () => move({ action: "roll" }));
  const hold = gatedButton("Hold", "btn", () => move({ action: "hold" }));
  const scores = el("ol", { class: "dice-scores", "aria-label": "Scores" });
  const log = el("ol", { class: "dice-log", "aria-label": "Last rolls" });

  element.append(el("div", { class: "card dice" },
    el("div", { class: "dice-middle" },
      die.element,
      el("p", { class: "dice-total" }, el("span", { class: "muted" }, "Turn total"), total)),
    el("div", { class: "actions dice-actions" }, roll, hold),
    scores, log));

  const drawScores = onlyWhenChanged(({ list, target, turn, names }) => {
    replaceContents(scores, list.map((score, seat) =>
      el("li", { class: turn === seat ? "dice-score on-turn" : "dice-score", "data-seat": String(seat) },
        el("span", { class: "dice-name" }, names[seat]),
        el("span", { class: "dice-points nums" }, `${score} / ${target}`),
        el("progress", { max: target, value: Math.min(score, target), "aria-label": `Score of ${names[seat]}` }))));
  });

  function say(line) {
    log.prepend(el("li", {}, line));
    while (log.childElementCount > longestLog) log.lastElementChild.remove();
    announce(line);
  }

  const events = {
    rolled({ seat, value }) {
      die.roll();
      say(seatName(room, seat) === "You" ? `You rolled a ${value}.` : `${seatName(room, seat)} rolled a ${value}.`);
    },
    busted({ seat }) {
      say(`${seatName(room, seat)} lost the turn total.`);
    },
    held({ seat, banked, score }) {
      say(`${seatName(room, seat)} banked ${banked}: ${score} in all.`);
    },
    game_started() {
      log.replaceChildren();
    },
  };

  return {
    update() {
      const { view } = room;
      const mine = room.phase === "playing" && room.role === "player" && view?.turn === room.seat;
      allow(roll, mine);
      allow(hold, mine && view.turnTotal > 0);
      if (!view) return;
      die.show(view.lastRoll);
      total.textContent = String(view.turnTotal);
      const names = view.scores.map((_, seat) => seatName(room, seat));
      drawScores({ list: view.scores, target: view.target, turn: room.phase === "playing" ? view.turn : undefined, names });
    },
    event(happened) { events[happened.event]?.(happened); },
    destroy() { for (const button of [roll, hold]) allow(button, false); },
  };
}
