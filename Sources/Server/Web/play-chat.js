// The chat of a room.
import { el } from "/web/dom.js";
import { problemText } from "/web/play-words.js";

const mostLines = 100;

export function mountChat(room, toast) {
  const log = document.querySelector("#chat-log");
  const form = document.querySelector("#chat-form");
  const input = document.querySelector("#chat-text");

  let shown = new Set();

  /** Only new lines are added: a screen reader reads every line that comes into a log, also one that was there before. */
  function update() {
    const lines = room.chat.map((line) => ({ key: JSON.stringify([line.at, line.playerId, line.text]), line }));
    const fresh = lines.filter(({ key }) => !shown.has(key));
    if (fresh.length === 0) return;
    shown = new Set(lines.map(({ key }) => key));
    // Somebody who scrolled up to read is left there.
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.append(...fresh.map(({ line }) => chatLine(line)));
    while (log.childElementCount > mostLines) log.firstElementChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  const chatLine = ({ playerId, name, text }) =>
    el("p", { class: playerId === room.playerId ? "chat-line own" : "chat-line" },
      el("span", { class: "chat-name" }, name), " ", text);

  form.onsubmit = async (submission) => {
    submission.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    try {
      await room.say(text);
    } catch (error) {
      // Nothing that somebody typed is lost to a refusal.
      if (!input.value) input.value = text;
      toast(problemText(error));
    }
  };
  return { update };
}
