// What a person can do about the room itself: bots, ready, rematch, seats, lock.
import { el, onlyWhenChanged, replaceContents } from "/web/dom.js";

const botLevels = [
  { level: 1, label: "easy" },
  { level: 2, label: "medium" },
  { level: 3, label: "hard" },
];

/** `act(request)` runs a request and shows its refusal. */
export function mountActions(room, act) {
  const bar = document.querySelector("#actions");
  let botLevel = 2;

  const draw = onlyWhenChanged((facts) => replaceContents(bar, facts.player ? playerActions(facts) : watcherActions(facts)));

  function playerActions({ phase, ready, votes, isHost, locked }) {
    const items = [];
    if (phase === "finished") items.push(rematchButton(votes));
    if (phase === "waiting") {
      if (ready !== undefined) {
        items.push(button("ready", ready ? "Not ready after all" : "I am ready", () => room.ready(!ready), !ready));
      }
      items.push(botAdder());
    }
    if (phase === "waiting" || phase === "finished") items.push(button("watch", "Watch instead", () => room.watch()));
    if (isHost && phase === "waiting") {
      items.push(locked
        ? button("lock", "Unlock the room", () => room.unlock())
        : button("lock", "Lock the room", () => room.lock()));
    }
    return items;
  }

  const watcherActions = ({ phase }) =>
    phase === "waiting" || phase === "finished" ? [button("sit", "Take a seat", () => room.sit(), true)] : [];

  function rematchButton(votes) {
    const label = votes ? `Rematch (${votes.votes} of ${votes.needed})` : "Rematch";
    return button("rematch", label, () => room.rematch(), true);
  }

  function botAdder() {
    const choice = el("select", { class: "input bot-level", "aria-label": "Strength of the bot", "data-key": "bot-level" },
      botLevels.map(({ level, label }) => el("option", { value: String(level), selected: level === botLevel }, label)));
    choice.onchange = () => { botLevel = Number(choice.value); };
    return el("span", { class: "bot-adder" }, button("bot", "Add a bot", () => room.addBot({ level: botLevel })), choice);
  }

  const button = (key, label, request, primary = false) =>
    el("button", { class: primary ? "btn btn-primary" : "btn", type: "button", "data-key": key, onclick: () => act(request) }, label);

  return { update: draw };
}
