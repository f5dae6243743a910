import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";
import { ParlorError } from "../../Sources/Server/Web/parlor.js";
import { lastSocket } from "./fakes.mjs";
import { answerJoin, answerReconnect, event, fresh, reopen, say, seated, seats, state } from "./table.mjs";

beforeEach(fresh);

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

  test("a change of place asks for no unanswered move twice", async () => {
    const { room } = await seated();
    room.move({}).catch(() => {});
    const watching = room.watch();
    answerJoin(lastSocket(), { role: "spectator", seat: undefined });
    await watching;
    assert.equal(room.seat, null);
    assert.equal(lastSocket().messages("make_move").length, 1);
  });

  test("only an input's refusal is told, since nobody waits for its answer", async () => {
    const { room } = await seated();
    const refusals = [];
    room.on("refused", ({ code }) => refusals.push(code));
    say("make_move_result", { success: false, error: { code: "move_refused", message: "No.", retryable: false } });
    say("make_move_result", { id: "unknown", success: true, data: { version: 3, serverTime: 0 } });
    assert.deepEqual(refusals, ["move_refused"]);
  });

  test("a lock is known from the join, and from one's own doing", async () => {
    const { room } = await seated();
    assert.equal(room.locked, false);
    const locking = room.lock();
    say("lock_result", { id: lastSocket().messages("lock")[0].id, success: true });
    await locking;
    assert.equal(room.locked, true);
    reopen();
    answerReconnect(lastSocket(), { seq: 3, locked: false });
    assert.equal(room.locked, false);
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
