// Finds the page part of a game, and mounts it into the board.

/** A game of somebody's own that has no part of its own is shown by the generic one. */
async function gamePart(gameType) {
  const path = `/games/${encodeURIComponent(gameType)}.js`;
  const found = await fetch(path).then((answer) => answer.ok, () => false);
  return found ? import(path) : import("/web/generic.js");
}

function loadStyle(gameType) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `/games/${encodeURIComponent(gameType)}.css`;
    // A missing sheet makes the game plain, not unplayable.
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

/** `services`: `{ announce(text), move(data) }`; `move` shows a refusal and resolves to whether the move was taken. */
export async function mountGame(element, room, services) {
  const part = await gamePart(room.gameType);
  if (part.style) await loadStyle(room.gameType);
  element.replaceChildren();
  return part.default(element, room, services);
}
