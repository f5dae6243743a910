// Finds the page part of a game, and mounts it into the board.

/** The path of it without its ending. A game of somebody's own that has none is shown by the generic one. */
async function partPath(gameType) {
  const path = `/games/${encodeURIComponent(gameType)}`;
  const { status } = await fetch(`${path}.js`);
  return status === 404 ? "/web/generic" : path;
}

function loadStyle(path) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = path;
    // A missing sheet makes the game plain, not unplayable.
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

/** `services`: `{ announce(text), move(data) }`; `move` shows a refusal and resolves to whether the move was taken. */
export async function mountGame(element, room, services) {
  const path = await partPath(room.gameType);
  const part = await import(`${path}.js`);
  if (part.style) await loadStyle(`${path}.css`);
  element.replaceChildren();
  return part.default(element, room, services);
}
