// The chat of a room.
import { el, onlyWhenChanged } from "/web/play-dom.js";
import { problemText } from "/web/play-words.js";

export function mountChat(room, toast) {
  const log = document.querySelector("#chat-log");
  const form = document.querySelector("#chat-form");
  const input = document.querySelector("#chat-text");

  const draw = onlyWhenChanged((lines) => {
    // Somebody who scrolled up to read is left there.
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.replaceChildren(...lines.map(({ playerId, name, text }) =>
      el("li", { class: playerId === room.playerId ? "chat-line own" : "chat-line" },
        el("span", { class: "chat-name" }, name), " ", text)));
    if (atEnd) log.scrollTop = log.scrollHeight;
  });

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
  return { update: () => draw(room.chat ?? []) };
}
