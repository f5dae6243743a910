import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";
import { Parlor } from "../../Sources/Server/Web/parlor.js";
import { lastSocket, reset, settle, sockets } from "./fakes.mjs";
import { answerReconnect, draw, fresh, seated } from "./table.mjs";

beforeEach(fresh);

describe("Reconnecting", () => {
  test("the address is the page's own host, with the subprotocol", () => {
    new Parlor();
    assert.equal(lastSocket().url, "wss://games.example/ws");
    assert.equal(lastSocket().protocol, "parlor.v1");
  });

  test("waits double up to a limit, times a random share", () => {
    for (const share of [0.5, 0.999]) {
      reset();
      draw(share);
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
    assert.equal(sockets.length, 1, "not before there is a token");
    await settle();
    lastSocket().open();
    await settle();
    assert.deepEqual(lastSocket().messages()[0], { type: "authenticate", data: { token: "token-2" } });
    assert.equal(count, 2, "fetched once");
  });

  test("4002 is the end where there is no newer token, and whoever waits is told", async () => {
    const client = new Parlor({ token: async () => "the-same" });
    lastSocket().open();
    await settle();
    const join = client.join({ gameType: "dice" });
    lastSocket().drop(4002);
    mock.timers.tick(1000);
    await assert.rejects(join, { code: "unauthorized", retryable: false });
    assert.equal(client.closedBecause, "unauthorized");
    mock.timers.tick(3600_000);
    await settle();
    assert.equal(sockets.length, 1);
  });

  test("a page that cannot get a token now tries again later", async () => {
    const tokens = ["token-1", null, "token-2"];
    const client = new Parlor({
      token: async () => tokens.shift() ?? Promise.reject(new Error("no network")),
    });
    lastSocket().open();
    await settle();
    lastSocket().drop(4002);
    mock.timers.tick(1000);
    await settle();
    assert.equal(client.state, "waiting");
    mock.timers.tick(2000);
    await settle();
    lastSocket().open();
    await settle();
    assert.deepEqual(lastSocket().messages()[0], { type: "authenticate", data: { token: "token-2" } });
  });

  test("a token is the first word of every connection, before the seats, and in no URL", async () => {
    const client = new Parlor({ token: "fixed" });
    const join = client.join({ gameType: "dice" });
    lastSocket().open();
    await settle();
    assert.deepEqual(lastSocket().messages().map(({ type }) => type), ["authenticate", "join_room"]);
    assert.ok(!lastSocket().url.includes("fixed"));
    lastSocket().drop(4002);
    await assert.rejects(join, { code: "unauthorized" });
    assert.equal(client.state, "closed");
  });

  test("a token that ends is replaced on the same connection", async () => {
    let count = 0;
    new Parlor({ token: () => `token-${(count += 1)}` });
    lastSocket().open();
    await settle();
    lastSocket().say({ type: "token_expiring", data: { expiresAt: 1 } });
    await settle();
    assert.deepEqual(lastSocket().messages("refresh_token"), [{ type: "refresh_token", data: { token: "token-2" } }]);
    assert.equal(sockets.length, 1);
  });

  test("a refresh that fails leaves the connection as it is", async () => {
    const tokens = ["token-1"];
    const client = new Parlor({ token: async () => tokens.shift() ?? Promise.reject(new Error("no network")) });
    lastSocket().open();
    await settle();
    lastSocket().say({ type: "token_expiring", data: { expiresAt: 1 } });
    await settle();
    assert.equal(client.state, "open");
    assert.equal(lastSocket().messages("refresh_token").length, 0);
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

  test("a page that wakes up on a dead connection does not wait long", () => {
    const client = new Parlor();
    lastSocket().open();
    lastSocket().say({ type: "pong", data: {} });
    const welcomed = lastSocket().messages("ping").length;
    document.dispatchEvent(new Event("visibilitychange"));
    assert.equal(lastSocket().messages("ping").length, welcomed + 1);
    mock.timers.tick(4_999);
    assert.equal(client.state, "open");
    mock.timers.tick(1);
    assert.equal(client.state, "waiting");
    document.dispatchEvent(new Event("visibilitychange"));
    assert.equal(client.state, "connecting", "and one that waits tries at once");
  });

  test("a wait that the server asked for is not cut short by a page that wakes up", () => {
    for (const code of [4004, 4006]) {
      const client = new Parlor();
      lastSocket().open();
      lastSocket().drop(code);
      document.dispatchEvent(new Event("visibilitychange"));
      assert.equal(client.state, "waiting");
    }
  });

  test("a ping says how long its answer took", async () => {
    const client = new Parlor();
    lastSocket().open();
    const ping = client.ping();
    const { id, data } = lastSocket().messages("ping").at(-1);
    mock.timers.tick(80);
    lastSocket().say({ type: "pong", id, data: { ...data, serverTime: Date.now() } });
    assert.equal(await ping, 80);
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
