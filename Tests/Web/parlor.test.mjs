import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, describe, mock, test } from "node:test";
import { FakeLocks, lastSocket, reset, settle, sockets } from "./fakes.mjs";
import { Parlor, ParlorError, mergePatch } from "../../Sources/Server/Web/parlor.js";

const seats = [
  { seat: 0, playerId: "ann", name: "Ann", connected: true, bot: false },
  { seat: 1, playerId: "bo", name: "Bo", connected: true, bot: false },
];

function joinData(more = {}) {
  return { gameType: "dice", role: "player", seat: 0, playerId: "ann", phase: "playing", graceSeconds: 30, seats, spectators: 0, ...more };
}

function answerJoin(socket, { id = socket.messages("join_room").at(-1).id, epoch = 1, seq = 3, version = 2, ...more } = {}) {
  socket.say({ type: "join_room_result", id, roomId: "r1", epoch, seq, version, success: true, data: joinData(more) });
}

function answerReconnect(socket, { epoch = 1, seq, version = 2, recovered = true, ...more } = {}) {
  const { id } = socket.messages("reconnect").at(-1);
  const data = joinData({ clientId: "client-1", recovered, ...more });
  socket.say({ type: "reconnect_result", id, roomId: "r1", epoch, seq, version, success: true, data });
}

const say = (type, rest) => lastSocket().say({ type, roomId: "r1", epoch: 1, ...rest });
const state = (version, view, rest) => say("game_state", { version, seq: 3, ...rest, data: { phase: "playing", view, ...rest?.data } });
const event = (seq, rest) => say("game_event", { seq, ...rest, data: { event: "rolled", value: seq } });

/** A client in room r1, at seq 3 and version 2. */
async function seated(options) {
  const client = new Parlor();
  lastSocket().open();
  const joining = client.join({ gameType: "dice", name: "Ann", ...options });
  answerJoin(lastSocket());
  const room = await joining;
  return { client, room };
}

/** Loses the connection and opens the next one. */
function reopen(code = 1006, clientId = "client-2") {
  lastSocket().drop(code);
  mock.timers.tick(60_000);
  lastSocket().open(clientId);
}

let random = 0.5;

beforeEach(() => {
  mock.restoreAll();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  random = 0.5;
  mock.method(Math, "random", () => random);
  reset();
});

describe("Merge patch", () => {
  const vectors = JSON.parse(readFileSync(new URL("./merge-patch-rfc7396.json", import.meta.url)));
  assert.equal(vectors.length, 15);
  for (const { original, patch, result } of vectors) {
    test(`${JSON.stringify(original)} with ${JSON.stringify(patch)}`, () => {
      const before = JSON.stringify(original);
      assert.deepEqual(mergePatch(original, patch), result);
      assert.equal(JSON.stringify(original), before, "the original is left alone");
    });
  }

  test("a key named __proto__ is a key like any other", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    assert.equal({}.polluted, undefined);
    assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    assert.ok(Object.hasOwn(merged, "__proto__"));
  });
});

describe("Reconnecting", () => {
  test("the address is the page's own host, with the subprotocol", () => {
    new Parlor();
    assert.equal(lastSocket().url, "wss://games.example/ws");
    assert.equal(lastSocket().protocol, "parlor.v1");
  });

  test("waits double up to a limit, times a random share", () => {
    for (const share of [0.5, 0.999]) {
      reset();
      random = share;
      const client = new Parlor();
      const waits = [];
      for (let attempt = 0; attempt < 8; attempt += 1) {
        lastSocket().drop();
        assert.equal(client.state, "waiting");
        waits.push(Math.round(client.retryAt - Date.now()));
        const made = sockets.length;
        mock.timers.tick(waits.at(-1) - 1);
        assert.equal(sockets.length, made, "not before the time");
        mock.timers.tick(2);
        assert.equal(sockets.length, made + 1, "and then at once");
      }
      const ceilings = [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000];
      assert.deepEqual(waits, ceilings.map((ceiling) => Math.round(ceiling * share)));
      client.close();
    }
  });

  test("a connection that lasted starts the waits anew, one that did not goes on doubling", () => {
    const client = new Parlor();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      lastSocket().open();
      lastSocket().drop();
      mock.timers.tick(20_000);
    }
    lastSocket().open();
    lastSocket().drop();
    assert.equal(client.retryAt - Date.now(), 2000);
    mock.timers.tick(2000);
    lastSocket().open();
    mock.timers.tick(11_000);
    lastSocket().drop();
    assert.equal(client.retryAt - Date.now(), 250);
  });

  const table = [
    [1000, "closed"], [1001, "backoff"], [1002, "closed"], [1003, "closed"], [1006, "backoff"], [1007, "closed"],
    [1009, "closed"], [1011, "backoff"], [4001, "closed"], [4002, "closed"], [4003, "backoff"], [4004, "30 s"],
    [4005, "backoff"], [4006, "30 s"], [4007, "closed"],
  ];
  for (const [code, expected] of table) {
    test(`close code ${code}: ${expected}`, () => {
      const client = new Parlor();
      lastSocket().open();
      lastSocket().drop(code);
      if (expected === "closed") {
        assert.equal(client.state, "closed");
        mock.timers.tick(3600_000);
        assert.equal(sockets.length, 1, "and never again");
      } else {
        assert.equal(client.state, "waiting");
        const wait = client.retryAt - Date.now();
        assert.ok(expected === "30 s" ? wait >= 30_000 && wait <= 35_000 : wait <= 500, `${wait} ms`);
      }
    });
  }

  test("4001 tells the page, and keeps the room to be taken back", async () => {
    const { client, room } = await seated();
    const told = [];
    client.on("replaced", () => told.push("client"));
    room.on("replaced", () => told.push("room"));
    lastSocket().drop(4001);
    assert.deepEqual(told, ["room", "client"]);
    assert.equal(client.closedBecause, "replaced");
    assert.equal(room.closed, null);
    const back = client.takeOver("r1");
    await settle();
    lastSocket().open("client-9");
    assert.equal(lastSocket().messages("reconnect")[0].data.clientId, "client-1");
    answerReconnect(lastSocket(), { seq: 3 });
    assert.equal(await back, room);
    assert.equal(room.online, true);
  });

  test("4007 closes the rooms", async () => {
    const { client, room } = await seated();
    lastSocket().drop(4007);
    assert.equal(room.closed, "kicked");
    assert.equal(client.lastRoom("dice"), null);
  });

  test("4002 comes back with a fresh token where the page can get one", async () => {
    let count = 0;
    const client = new Parlor({ token: () => `token-${(count += 1)}` });
    lastSocket().open();
    await settle();
    lastSocket().drop(4002);
    assert.equal(client.state, "waiting");
    mock.timers.tick(1000);
    lastSocket().open();
    await settle();
    assert.deepEqual(lastSocket().messages()[0], { type: "authenticate", data: { token: "token-2" } });
  });

  test("a draining server names the wait", () => {
    const client = new Parlor();
    lastSocket().open();
    lastSocket().say({ type: "server_draining", data: { reconnectAfterMs: 1234 } });
    lastSocket().drop(1001);
    assert.equal(client.retryAt - Date.now(), 1234);
  });

  test("silence is answered by two pings, then by a new connection", () => {
    const client = new Parlor();
    lastSocket().open();
    const pong = () => lastSocket().say({ type: "pong", data: { sentAt: Date.now(), serverTime: Date.now() } });
    pong();
    assert.equal(lastSocket().messages("ping").length, 1, "one at the start, for the clock");
    mock.timers.tick(15_000);
    assert.equal(lastSocket().messages("ping").length, 2);
    pong();
    mock.timers.tick(15_000);
    mock.timers.tick(15_000);
    assert.equal(client.state, "open");
    mock.timers.tick(15_000);
    assert.equal(client.state, "waiting");
    assert.equal(sockets[0].readyState, 3);
  });

  test("the clock follows the pong with the shortest way", () => {
    const client = new Parlor();
    lastSocket().open();
    const { sentAt } = lastSocket().messages("ping")[0].data;
    mock.timers.tick(100);
    lastSocket().say({ type: "pong", data: { sentAt, serverTime: Date.now() + 5000 } });
    assert.equal(client.serverNow() - Date.now(), 5050);
    const slow = Date.now();
    mock.timers.tick(2000);
    lastSocket().say({ type: "pong", data: { sentAt: slow, serverTime: Date.now() } });
    assert.equal(client.serverNow() - Date.now(), 5050);
  });
});

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

describe("Order", () => {
  test("an event counts once, a transient one always", async () => {
    const { room } = await seated();
    const heard = [];
    room.on("event", ({ value }) => heard.push(value));
    event(4);
    event(4);
    event(3);
    event(undefined);
    event(5);
    assert.deepEqual(heard, [4, undefined, 5]);
  });

  test("an older state is dropped, a state's seq covers its events", async () => {
    const { room } = await seated();
    state(5, { n: 5 }, { seq: 6 });
    state(4, { n: 4 });
    assert.deepEqual(room.view, { n: 5 });
    const heard = [];
    room.on("event", ({ value }) => heard.push(value));
    event(6);
    event(7);
    assert.deepEqual(heard, [7]);
  });

  test("a higher epoch forgets seq and version, a lower one is dropped", async () => {
    const { room } = await seated();
    state(50, { n: 50 }, { seq: 40 });
    state(7, { n: 7 }, { epoch: 2, seq: 4 });
    assert.deepEqual(room.view, { n: 7 });
    state(60, { n: 60 }, { epoch: 1, seq: 60 });
    assert.deepEqual(room.view, { n: 7 });
    const heard = [];
    room.on("event", ({ value }) => heard.push(value));
    event(41, { epoch: 1 });
    event(5, { epoch: 2 });
    assert.deepEqual(heard, [5]);
  });

  test("turn, pause and outcome are there only while they hold", async () => {
    const { room } = await seated();
    state(3, {}, { data: { turnEndsAt: 99, pause: { reason: "away" } } });
    assert.equal(room.turnEndsAt, 99);
    assert.deepEqual(room.pause, { reason: "away" });
    state(4, {}, {});
    assert.equal(room.turnEndsAt, undefined);
    assert.equal(room.pause, undefined);
  });

  test("a patch applies to its base", async () => {
    const { room } = await seated({ sync: "patch" });
    state(3, { a: 1, b: { c: 2 } });
    const before = room.view;
    say("game_patch", { version: 5, base: 3, seq: 3, data: { phase: "finished", patch: { b: { c: null, d: 4 } }, outcome: { kind: "draw" } } });
    assert.deepEqual(room.view, { a: 1, b: { d: 4 } });
    assert.deepEqual(before, { a: 1, b: { c: 2 } }, "a view is never changed in place");
    assert.equal(room.phase, "finished");
    assert.deepEqual(room.outcome, { kind: "draw" });
  });

  test("a patch to another base asks for the state, once", async () => {
    const { room } = await seated({ sync: "patch" });
    state(3, { a: 1 });
    say("game_patch", { version: 6, base: 5, seq: 3, data: { patch: { a: 2 } } });
    say("game_patch", { version: 7, base: 6, seq: 3, data: { patch: { a: 3 } } });
    assert.deepEqual(room.view, { a: 1 });
    assert.deepEqual(lastSocket().messages("resync"), [{ type: "resync", roomId: "r1" }]);
    state(7, { a: 3 });
    say("game_patch", { version: 8, base: 7, seq: 3, data: { patch: { a: 4 } } });
    assert.deepEqual(room.view, { a: 4 });
    assert.equal(lastSocket().messages("resync").length, 1);
  });
});

describe("A room", () => {
  test("a refusal carries the game's reason", async () => {
    const { room } = await seated();
    const move = room.move({});
    const [{ id }] = lastSocket().messages("make_move");
    say("make_move_result", { id, success: false, error: { code: "move_refused", message: "Wait.", reason: "not_your_turn", retryable: false } });
    await assert.rejects(move, (error) => error instanceof ParlorError && error.code === "move_refused" && error.reason === "not_your_turn");
  });

  test("the seats follow the events", async () => {
    const { room } = await seated();
    say("player_disconnected", { seq: 4, data: { seat: 1, playerId: "bo", graceSeconds: 30 } });
    assert.equal(room.seats[1].connected, false);
    assert.equal(room.seats[1].awayUntil, Date.now() + 30_000);
    say("player_reconnected", { seq: 5, data: { seat: 1, playerId: "bo" } });
    assert.deepEqual(room.seats[1], seats[1]);
    say("ready_changed", { seq: 6, data: { seat: 1, ready: true } });
    assert.equal(room.seats[1].ready, true);
    assert.equal(room.host, 1, "who sat there before this page came");
    say("player_left", { seq: 7, data: { seat: 1, playerId: "bo", name: "Bo", bot: false, reason: "left" } });
    assert.deepEqual(room.seats.map(({ seat }) => seat), [0]);
    say("player_joined", { seq: 8, data: { seat: 1, playerId: "bot", name: "Bot", bot: true } });
    assert.equal(room.seats[1].bot, true);
    assert.equal(room.host, 0);
  });

  test("a closed room is over", async () => {
    const { client, room } = await seated();
    const reasons = [];
    room.on("closed", ({ reason }) => reasons.push(reason));
    say("room_closed", { data: { reason: "idle" } });
    assert.deepEqual(reasons, ["idle"]);
    assert.equal(client.lastRoom(), null);
    await assert.rejects(room.move({}), { code: "room_closed" });
  });

  test("a listener that throws stops no other", async () => {
    const { room } = await seated();
    const queued = mock.method(globalThis, "queueMicrotask", () => {});
    let heard = 0;
    room.on("event", () => { throw new Error("mine"); });
    room.on("event", () => { heard += 1; });
    event(4);
    assert.equal(heard, 1);
    assert.equal(queued.mock.callCount(), 1, "and is reported");
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
