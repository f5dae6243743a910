// How the page gets its room: a stored seat first, then the room of the link, then any room that waits.
import { ask, recall } from "/web/dom.js";

export const gameType = decodeURIComponent(location.pathname.replace(/^\/play\//, "").replace(/\/$/, ""));

/** What the link says: `#room=<id>&watch=1`. The id stays behind the `#`, so no server log and no referrer holds it. */
function readLink() {
  const link = new URLSearchParams(location.hash.slice(1));
  return { roomId: link.get("room") || undefined, watch: link.get("watch") === "1" };
}

/** A reload shall bring back the same room, and a watcher shall not be seated by it. */
export function writeLink({ id, role }) {
  const watch = role === "spectator" ? "&watch=1" : "";
  history.replaceState(null, "", `${location.pathname}#room=${encodeURIComponent(id)}${watch}`);
}

export function invitationLink(roomId) {
  return `${location.origin}/play/${encodeURIComponent(gameType)}#room=${encodeURIComponent(roomId)}`;
}

const historyWanted = 30;

export async function enterRoom(client) {
  const link = readLink();
  const roomId = link.roomId ?? client.lastRoom(gameType)?.roomId;
  if (roomId && !link.watch) {
    const room = await resumeOrTakeOver(client, roomId);
    if (room) return room;
  }
  const wanted = { gameType, name: recall("parlor:name") || undefined, history: historyWanted };
  if (!link.roomId) return client.join(wanted);
  if (link.watch) return client.join({ ...wanted, roomId: link.roomId, as: "spectator" });
  return joinOrWatch(client, { ...wanted, roomId: link.roomId });
}

/** Somebody with the link of a game that is full or running still wants to see it. */
async function joinOrWatch(client, wanted) {
  try {
    return await client.join(wanted);
  } catch (error) {
    if (error.code !== "room_full" && error.code !== "game_running") throw error;
    return client.join({ ...wanted, as: "spectator" });
  }
}

async function resumeOrTakeOver(client, roomId) {
  try {
    return await client.resume(gameType, roomId);
  } catch (error) {
    if (error.code !== "busy") throw error;
    const answer = await askWhereToPlay("This game is open in another tab.", [{ label: "Join as somebody else", value: "other" }]);
    if (answer === "here") return client.takeOver(roomId);
    if (answer === "other") return null;
    location.assign("/");
    return new Promise(() => {});
  }
}

/** Resolves with "here" or the value of one of the `others`; anything else means back to the lobby. */
export function askWhereToPlay(reason, others = []) {
  return ask(document.querySelector("#question"), `${reason} Play here instead?`, [
    { label: "Play here", value: "here" },
    ...others,
    { label: "Back to the lobby", value: "lobby" },
  ]);
}
