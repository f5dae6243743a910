import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";
import { Parlor } from "../../Sources/Server/Web/parlor.js";
import { lastSocket } from "./fakes.mjs";
import { fresh, reopen } from "./table.mjs";

beforeEach(fresh);

describe("The lobby", () => {
  const info = (roomId, createdAt, more) => ({ roomId, gameType: "dice", phase: "waiting", createdAt, ...more });

  test("follows the updates, newest first, over reconnects", () => {
    const client = new Parlor();
    let seen;
    const off = client.watchLobby("dice", (rooms) => { seen = rooms.map(({ roomId, phase }) => `${roomId} ${phase}`); });
    lastSocket().open();
    assert.deepEqual(lastSocket().messages(), [{ type: "watch_lobby", gameType: "dice" }]);
    lastSocket().say({ type: "room_list", data: { rooms: [info("a", 1), info("b", 2)], total: 2 } });
    assert.deepEqual(seen, ["b waiting", "a waiting"]);
    lastSocket().say({ type: "room_list_update", data: { added: [info("c", 3)], changed: [info("b", 2, { phase: "playing" })], removed: ["a"] } });
    assert.deepEqual(seen, ["c waiting", "b playing"]);
    lastSocket().say({ type: "room_list_update", data: { reset: true, rooms: [info("z", 9)], total: 1 } });
    assert.deepEqual(seen, ["z waiting"]);
    reopen();
    assert.deepEqual(lastSocket().messages(), [{ type: "watch_lobby", gameType: "dice" }]);
    off();
    assert.equal(lastSocket().messages().at(-1).type, "unwatch_lobby");
  });

  test("two watchers share one watch", () => {
    const client = new Parlor();
    lastSocket().open();
    const seen = {};
    client.watchLobby("dice", (rooms) => { seen.dice = rooms.length; });
    client.watchLobby((rooms) => { seen.all = rooms.length; });
    assert.deepEqual(lastSocket().messages().map(({ gameType }) => gameType), ["dice", undefined]);
    lastSocket().say({ type: "room_list", data: { rooms: [info("a", 1), info("p", 2, { gameType: "pong" })], total: 2 } });
    assert.deepEqual(seen, { dice: 1, all: 2 });
  });

  test("an unanswered request fails, and says that it may be tried again", async () => {
    const client = new Parlor();
    lastSocket().open();
    const list = client.rooms("dice");
    lastSocket().drop();
    await assert.rejects(list, { code: "disconnected", retryable: true });
    client.connect();
    lastSocket().open();
    const slow = client.rooms();
    mock.timers.tick(15_000);
    await assert.rejects(slow, { code: "timeout" });
  });
});
