// The last events of a game in words, newest first, for every game that tells what happened.
import { el } from "/web/dom.js";

const longestLog = 6;

/**
 * `words` has a function for each event that makes its line. `log.add(event)` writes and announces it. What happened
 * in this game before the page came is written at once, and announced to nobody.
 */
export function makeEventLog(room, words, announce) {
  const element = el("ol", { class: "event-log", "aria-label": "Last events" });

  function write(happened) {
    const line = words[happened.event]?.(happened);
    if (!line) return undefined;
    element.prepend(el("li", {}, line));
    while (element.childElementCount > longestLog) element.lastElementChild.remove();
    return line;
  }

  for (const { type, data } of room.history) {
    if (type === "game_started") element.replaceChildren();
    else if (type === "game_event") write(data);
  }
  room.on("game_started", () => element.replaceChildren());
  return {
    element,
    add(happened) {
      const line = write(happened);
      if (line) announce(line);
    },
  };
}
