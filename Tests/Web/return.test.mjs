import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";
import { Parlor } from "../../Sources/Server/Web/parlor.js";
import { FakeLocks, lastSocket, reset, settle, sockets } from "./fakes.mjs";
import { answerJoin, answerReconnect, event, fresh, joinData, reopen, say, seated, seats, state } from "./table.mjs";

beforeEach(fresh);

describe("Coming back to a room", () => {
  test("the server hears what this page has", async () => {
    const { room } = await seated({ sync: "patch" });
    event(4);
    state(5, { total: 1 }, { seq: 4 });
    reopen();
    const [message] = lastSocket().messages();
    assert.equal(message.type, "reconnect");
    assert.equal(message.roomId, "r1");
    assert.deepEqual(message.data, { clientId: "client-1", roomId: "r1", lastSeq: 4, lastVersion: 5, lastEpoch: 1, sync: "patch" });
    assert.equal(room.online, false);
  });

  test("missed events below the result's seq are taken, once, and do not disturb the seats", async () => {
    const { room } = await seated();
    event(4);
    reopen();
    const heard = [];
    room.on("event", ({ value }) => heard.push(value));
    room.on("player_left", ({ seat }) => heard.push(`left ${seat}, there is ${room.seats[seat]?.name}`));
    const now = [seats[0], { ...seats[1], playerId: "cy", name: "Cy" }];
    answerReconnect(lastSocket(), { seq: 8, version: 9, seats: now });
    event(4);
    event(5);
    say("player_left", { seq: 6, data: { seat: 1, playerId: "bo", name: "Bo", bot: false, reason: "left" } });
    say("player_joined", { seq: 7, data: { seat: 1, playerId: "cy", name: "Cy", bot: false } });
    event(8);
    state(9, { total: 2 }, { seq: 8 });
    event(8);
    event(9);
    assert.deepEqual(heard, [5, "left 1, there is Cy", 8, 9]);
    assert.deepEqual(room.seats.map((seat) => seat.name), ["Ann", "Cy"]);
  });

  test("what could not be recovered is not waited for", async () => {
    const { room } = await seated();
    reopen();
    answerReconnect(lastSocket(), { seq: 50, recovered: false, missed: 47 });
    const heard = [];
    room.on("event", ({ value }) => heard.push(value));
    event(50);
    event(51);
    assert.deepEqual(heard, [51]);
  });

  test("an unanswered move is sent again, after the reconnect, under its id", async () => {
    const { room } = await seated();
    const move = room.move({ action: "roll" });
    const [first] = lastSocket().messages("make_move");
    assert.match(first.id, /^[\x21-\x7e]{1,64}$/);
    reopen();
    assert.equal(lastSocket().messages("make_move").length, 0, "not before the seat is back");
    answerReconnect(lastSocket(), { seq: 3 });
    assert.deepEqual(lastSocket().messages("make_move"), [first]);
    say("make_move_result", { id: first.id, success: true, data: { version: 3, serverTime: Date.now(), repeated: true } });
    assert.equal((await move).repeated, true);
    reopen(1006, "client-3");
    answerReconnect(lastSocket(), { seq: 3 });
    assert.equal(lastSocket().messages("make_move").length, 0, "answered is answered");
  });

  test("moves made while away go out in order, inputs do not", async () => {
    const { room } = await seated();
    lastSocket().drop();
    room.move({ n: 1 }).catch(() => {});
    room.input({ dir: 1 });
    room.move({ n: 2 }).catch(() => {});
    mock.timers.tick(1000);
    lastSocket().open("client-2");
    room.input({ dir: -1 });
    answerReconnect(lastSocket(), { seq: 3 });
    assert.deepEqual(lastSocket().messages("make_move").map(({ data }) => data), [{ n: 1 }, { n: 2 }]);
  });

  test("ids differ between page loads and between moves", async () => {
    const ids = new Set();
    for (let load = 0; load < 20; load += 1) {
      reset();
      const { room } = await seated();
      room.move({}).catch(() => {});
      room.move({}).catch(() => {});
      for (const { id } of lastSocket().messages("make_move")) ids.add(id);
    }
    assert.equal(ids.size, 40);
  });

  test("a join whose answer was lost is sent again as the same client under the same id", async () => {
    const client = new Parlor();
    lastSocket().open("client-1");
    const joining = client.join({ gameType: "dice" });
    const [first] = lastSocket().messages("join_room");
    reopen(1006, "client-2");
    const [reconnect, again] = lastSocket().messages();
    assert.deepEqual(reconnect, { type: "reconnect", data: { clientId: "client-1" } });
    assert.deepEqual(again, first);
    lastSocket().say({ type: "reconnect_result", roomId: "r1", epoch: 1, seq: 3, version: 2, success: true, data: joinData({ clientId: "client-1", recovered: true }) });
    answerJoin(lastSocket());
    const room = await joining;
    assert.equal(room.seat, 0);
    reopen(1006, "client-3");
    assert.equal(lastSocket().messages("reconnect")[0].data.clientId, "client-1");
  });

  test("a spectator joins again", async () => {
    const client = new Parlor();
    lastSocket().open();
    const joining = client.join({ roomId: "r1", as: "spectator" });
    answerJoin(lastSocket(), { role: "spectator", seat: undefined });
    await joining;
    reopen();
    const [message] = lastSocket().messages();
    assert.equal(message.type, "join_room");
    assert.equal(message.roomId, "r1");
    assert.equal(message.data.as, "spectator");
  });

  test("of several seats the first says who comes back, the others are entered as that client", async () => {
    const { client, room } = await seated();
    const joining = client.join({ gameType: "dice", create: true });
    const { id } = lastSocket().messages("join_room").at(-1);
    lastSocket().say({ type: "join_room_result", id, roomId: "r2", epoch: 1, seq: 1, version: 1, success: true, data: joinData({ seat: 1 }) });
    const other = await joining;
    reopen();
    assert.deepEqual(lastSocket().messages().map(({ type, roomId }) => [type, roomId]), [["reconnect", "r1"]]);
    answerReconnect(lastSocket(), { seq: 3 });
    await settle();
    const again = lastSocket().messages().at(-1);
    assert.deepEqual([again.type, again.roomId, again.data.as], ["join_room", "r2", "player"]);
    lastSocket().say({ type: "join_room_result", id: again.id, roomId: "r2", epoch: 1, seq: 1, version: 1, success: true, data: joinData({ seat: 1 }) });
    assert.ok(room.online && other.online);
  });

  test("when the first of several seats is gone, the next one is asked for in the same way", async () => {
    const { client, room } = await seated();
    const joining = client.join({ gameType: "dice", create: true });
    const { id } = lastSocket().messages("join_room").at(-1);
    lastSocket().say({ type: "join_room_result", id, roomId: "r2", epoch: 1, seq: 1, version: 1, success: true, data: joinData() });
    await joining;
    reopen();
    const first = lastSocket().messages("reconnect")[0];
    say("reconnect_result", { id: first.id, success: false, error: { code: "session_expired", message: "Gone.", retryable: false } });
    await settle();
    assert.equal(room.closed, "expired");
    assert.equal(lastSocket().messages("reconnect")[1].roomId, "r2");
  });

  test("an expired seat closes the room and forgets its session", async () => {
    const { client, room } = await seated();
    assert.deepEqual(client.lastRoom("dice"), { roomId: "r1", gameType: "dice" });
    const move = room.move({});
    reopen();
    const { id } = lastSocket().messages("reconnect")[0];
    say("reconnect_result", { id, success: false, error: { code: "session_expired", message: "Gone.", retryable: false } });
    await settle();
    assert.equal(room.closed, "expired");
    assert.equal(client.lastRoom("dice"), null);
    await assert.rejects(move, { code: "room_closed" });
  });

  test("a store that is away loses no seat", async () => {
    const { room } = await seated();
    reopen();
    const { id } = lastSocket().messages("reconnect")[0];
    const error = { code: "store_unavailable", message: "Later.", retryable: true, retryAfterMs: 700 };
    say("reconnect_result", { id, success: false, error });
    await settle();
    assert.equal(room.closed, null);
    mock.timers.tick(700);
    assert.equal(lastSocket().messages("reconnect").length, 2);
  });
});

describe("One tab per seat", () => {
  test("a reload resumes", async () => {
    const { room } = await seated();
    event(4);
    mock.timers.tick(1000);
    const page = new Parlor();
    lastSocket().open("client-2");
    const resuming = page.resume("dice", "r1");
    await settle();
    const { data } = lastSocket().messages("reconnect")[0];
    assert.equal(data.clientId, "client-1");
    assert.equal(data.lastSeq, 4);
    answerReconnect(lastSocket(), { seq: 4 });
    const again = await resuming;
    assert.notEqual(again, room);
    assert.equal(again.seat, 0);
    assert.equal(again.playerId, "ann");
  });

  test("a reload resumes before the connection is open", async () => {
    await seated();
    const page = new Parlor();
    const resuming = page.resume("dice", "r1");
    await settle();
    lastSocket().open("client-2");
    assert.equal(lastSocket().messages("reconnect").length, 1);
    answerReconnect(lastSocket(), { seq: 3 });
    assert.equal((await resuming).online, true);
  });

  test("a refusal that says nothing of the seat keeps its session", async () => {
    await seated();
    const page = new Parlor();
    lastSocket().open("client-2");
    const resuming = page.resume("dice", "r1");
    await settle();
    const { id } = lastSocket().messages("reconnect")[0];
    say("reconnect_result", { id, success: false, error: { code: "forbidden", message: "No.", retryable: false } });
    await assert.rejects(resuming, { code: "forbidden" });
    assert.deepEqual(page.lastRoom("dice"), { roomId: "r1", gameType: "dice" });
  });

  test("nothing to resume is null, an expired session too", async () => {
    const page = new Parlor();
    lastSocket().open();
    assert.equal(await page.resume("dice", "r9"), null);
    await seated();
    const other = new Parlor();
    lastSocket().open("client-2");
    const resuming = other.resume("dice", "r1");
    await settle();
    const { id } = lastSocket().messages("reconnect")[0];
    say("reconnect_result", { id, success: false, error: { code: "session_not_found", message: "No.", retryable: false } });
    assert.equal(await resuming, null);
    assert.equal(other.lastRoom(), null);
  });

  test("a second tab is told that the seat is busy, and can take it over", async () => {
    reset({ locks: new FakeLocks() });
    const { client, room } = await seated();
    const first = lastSocket();
    const second = new Parlor();
    lastSocket().open("client-2");
    await assert.rejects(second.resume("dice", "r1"), { code: "busy" });
    assert.equal(lastSocket().messages("reconnect").length, 0);
    let replaced = 0;
    client.on("replaced", () => { replaced += 1; });
    const taking = second.takeOver("r1");
    await settle();
    answerReconnect(lastSocket(), { seq: 3 });
    assert.equal((await taking).seat, 0);
    first.drop(4001);
    assert.equal(replaced, 1);
    assert.equal(room.online, false);
    mock.timers.tick(60_000);
    assert.equal(client.state, "closed");
    assert.equal(sockets.length, 2, "the first tab stays away");
    assert.deepEqual(second.lastRoom("dice"), { roomId: "r1", gameType: "dice" });
  });

  test("a lock stolen while offline keeps the first tab from fighting for the seat", async () => {
    reset({ locks: new FakeLocks() });
    const { client } = await seated();
    lastSocket().drop();
    const second = new Parlor();
    lastSocket().open("client-2");
    second.takeOver("r1").catch(() => {});
    await settle();
    mock.timers.tick(1);
    assert.equal(client.closedBecause, "replaced");
    assert.equal(second.state, "open");
  });
});
