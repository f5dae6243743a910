/**
 * The browser SDK of a Parlor room server: one connection, any number of rooms, and everything that a page should not
 * have to know about lost connections, repeated moves and second tabs. No dependencies, no build step.
 *
 *     import { Parlor } from "/parlor.js";
 *     const client = new Parlor();
 *     const room = (await client.resume("dice", id)) ?? (await client.join({ gameType: "dice", name: "Ann" }));
 *     room.on("change", () => draw(room.view));
 *     await room.move({ action: "roll" });
 *
 * @module
 */

/** The first wait before reconnecting is anywhere below this, and doubles with every attempt that fails. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LIMIT_MS = 20_000;
/** A connection that lasted this long counts as good: the next loss starts from the first wait again. */
const STABLE_MS = 10_000;
/** How long a request other than a move may go unanswered on an open connection. */
const REQUEST_MS = 15_000;
/** A stored session older than this is not worth asking for. */
const SESSION_MS = 24 * 3600_000;
/** A room that said nothing for this long is no longer suggested: it has most likely ended. */
const LAST_ROOM_MS = 10 * 60_000;
/** How soon a connection has to answer when the page wakes up: a device that slept often holds a dead one. */
const WAKE_MS = 5_000;
/** Refusals that say a seat is gone for good. After any other, the stored session is worth another try. */
const SEAT_GONE = ["session_expired", "session_not_found", "room_not_found", "room_closed"];
const CHAT_LINES = 100;
const HISTORY_EVENTS = 200;

/** What a close code asks of the client: a wait in ms, "backoff", "token", "replaced" or "stop". */
function afterClose(code) {
  if ([1000, 1002, 1003, 1007, 1009, 4007].includes(code)) return "stop";
  if (code === 4001) return "replaced";
  if (code === 4002) return "token";
  if (code === 4004 || code === 4006) return 30_000;
  return "backoff";
}

/** RFC 7396: a new value, `target` with `patch` merged into it. Neither argument is changed. */
export function mergePatch(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const base = target !== null && typeof target === "object" && !Array.isArray(target) ? target : {};
  const result = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/** A request that was refused or could not be answered. Decide by `code` (and `reason`); `message` is for people. */
export class ParlorError extends Error {
  constructor({ code, message, reason, retryable = false, retryAfterMs, details }) {
    super(message ?? code);
    this.name = "ParlorError";
    this.code = code;
    this.reason = reason;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
    this.details = details;
  }
}

/** `on(event, fn)` for the client and its rooms. A listener that throws is reported and stops nobody else. */
class Emitter {
  #listeners = new Map();

  /** Calls `fn` at every `event` until the function that this returns is called. */
  on(event, fn) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(fn);
    return () => this.#listeners.get(event)?.delete(fn);
  }

  /** @internal */
  emit(event, value) {
    for (const fn of [...(this.#listeners.get(event) ?? [])]) {
      try {
        fn(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** Sessions by room: in localStorage for the tab that holds the room's lock, in sessionStorage for any other. */
class Sessions {
  #key = (roomId) => `parlor:${roomId}`;

  static #store(name) {
    try {
      return globalThis[name] ?? null;
    } catch {
      return null; // Storage can be forbidden; then a reload cannot take the seat back.
    }
  }

  static #parse(text) {
    try {
      const value = JSON.parse(text);
      const isSession = typeof value?.clientId === "string" && typeof value.roomId === "string";
      return isSession && Date.now() - (value.savedAt ?? 0) < SESSION_MS ? value : null;
    } catch {
      return null;
    }
  }

  /** The session of a room, and whether it belongs to this tab alone. */
  get(roomId) {
    for (const name of ["sessionStorage", "localStorage"]) {
      const session = Sessions.#parse(Sessions.#store(name)?.getItem(this.#key(roomId)));
      if (session) return { ...session, ofThisTab: name === "sessionStorage" };
    }
    return null;
  }

  put(session, ofThisTab) {
    try {
      const store = Sessions.#store(ofThisTab ? "sessionStorage" : "localStorage");
      store?.setItem(this.#key(session.roomId), JSON.stringify({ ...session, savedAt: Date.now() }));
    } catch {
      // A full store costs only the return after a reload.
    }
  }

  /** Forgets a room, but never another client's session for it. */
  remove(roomId, clientId) {
    for (const name of ["sessionStorage", "localStorage"]) {
      const store = Sessions.#store(name);
      const session = Sessions.#parse(store?.getItem(this.#key(roomId)));
      if (session?.clientId === clientId) store.removeItem(this.#key(roomId));
    }
  }

  newest(gameType) {
    const found = [];
    for (const name of ["sessionStorage", "localStorage"]) {
      const store = Sessions.#store(name);
      for (let index = 0; index < (store?.length ?? 0); index += 1) {
        const key = store.key(index);
        const session = key.startsWith("parlor:") ? Sessions.#parse(store.getItem(key)) : null;
        if (!session || Date.now() - session.savedAt >= LAST_ROOM_MS) continue;
        if (!gameType || session.gameType === gameType) found.push(session);
      }
    }
    return found.sort((a, b) => b.savedAt - a.savedAt)[0] ?? null;
  }
}

/**
 * One connection to a server. It opens at once, and comes back by itself until {@link Parlor#close} or a close code that
 * forbids it. Events: "state", "disconnected" `{code}`, "replaced", and every message type, with the whole message.
 */
export class Parlor extends Emitter {
  /** "connecting", "open", "waiting" (for the next attempt) or "closed". */
  state = "closed";
  /** Why it is closed: "closed" (by the page), "replaced", "unauthorized", "kicked" or "refused"; else null. */
  closedBecause = null;
  /** When the next attempt is due (ms since 1970, this computer's clock), while `state` is "waiting". */
  retryAt = null;

  #url;
  #token;
  #authenticated = null;
  /** The token shown last; and one that was fetched to be shown next. */
  #shown = null;
  #fresh = null;
  #socket = null;
  #clientId = null;
  /** Whether this connection has become the client of an earlier one. It can do so once. */
  #hasReturned = false;
  #welcome = null;
  #welcomedAt = 0;
  #attempt = 0;
  #reopenIn = null;
  #mustWait = false;
  #timers = {};
  #pings = 0;
  #clock = { offset: 0, roundTrip: Infinity, at: 0 };
  #prefix;
  #counter = 0;
  #requests = new Map();
  #rooms = new Map();
  #watchers = new Map();
  #lobby = null;
  #watched = undefined;
  #sessions = new Sessions();
  #locks = new Map();

  /**
   * @param {object} [options]
   * @param {string} [options.url] The socket's address; by default `/ws` of the page's own host.
   * @param {string | (() => string | Promise<string>)} [options.token] A JWT, or what gives a fresh one when needed.
   */
  constructor({ url, token } = {}) {
    super();
    const { protocol, host } = globalThis.location ?? {};
    this.#url = url ?? `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`;
    this.#token = token;
    const random = crypto.getRandomValues(new Uint8Array(9));
    this.#prefix = btoa(String.fromCharCode(...random)).replaceAll("+", "-").replaceAll("/", "_");
    globalThis.addEventListener?.("online", () => this.#hurry());
    globalThis.addEventListener?.("pageshow", () => this.#hurry());
    globalThis.addEventListener?.("pagehide", () => this.#saveAll());
    globalThis.document?.addEventListener?.("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#hurry();
    });
    this.connect();
  }

  // MARK: What a page asks

  /** Opens a closed connection again, or does now what it would do later. */
  connect() {
    if (this.state === "connecting" || this.state === "open") return;
    this.closedBecause = null;
    this.#open();
  }

  /** Ends the connection. Seats are kept for their grace period: leave the rooms first to give them up. */
  close() {
    this.#end("closed", 1000);
  }

  /** The server's clock, in ms since 1970: compare it with `turnEndsAt`. */
  serverNow() {
    return Date.now() + this.#clock.offset;
  }

  /** Asks for a sign of life; resolves with the ms that it took. The best answers keep `serverNow()` exact. */
  async ping() {
    const sentAt = Date.now();
    await this.#request("ping", { data: { sentAt } });
    return Date.now() - sentAt;
  }

  /** The games of this server, once connected. */
  async games() {
    if (this.#welcome) return this.#welcome.games;
    return new Promise((resolve) => {
      const off = this.on("welcome", ({ data }) => {
        off();
        resolve(data.games);
      });
    });
  }

  /** The newest public rooms, at most 100. */
  async rooms(gameType) {
    const { data } = await this.#request("get_room_list", { gameType });
    return data.rooms;
  }

  /** Calls `callback(rooms)` with the public rooms, newest first, now and at every change. Returns how to stop. */
  watchLobby(gameType, callback) {
    if (typeof gameType === "function") return this.watchLobby(undefined, gameType);
    const watcher = Symbol("watcher");
    this.#watchers.set(watcher, { gameType, callback });
    if (this.#lobby && !this.#watchLobby()) this.#tellWatchers([watcher]);
    else this.#watchLobby();
    return () => {
      if (this.#watchers.delete(watcher)) this.#watchLobby();
    };
  }

  /** Takes a seat (or watches). Without `roomId` and `create` the server finds a table or makes one. */
  async join({ gameType, roomId, ...data }) {
    const answer = await this.#request("join_room", { gameType, roomId, data }, { survives: true });
    const room = this.#rooms.get(answer.roomId);
    if (!room) throw new ParlorError({ code: "room_closed", message: "This room is over." });
    await this.#claim(room);
    return room;
  }

  /**
   * Takes the seat back that this browser holds in a room, after a reload for instance. Null when there is none, or
   * when it has expired. Throws `ParlorError` with code "busy" while another tab plays it: see {@link Parlor#takeOver}; and
   * with "forbidden" when this connection has joined something already: one connection is one client.
   */
  async resume(gameType, roomId, { sync } = {}) {
    return this.#resume(roomId, gameType, sync, false);
  }

  /** Resumes here a room that another tab plays; that tab gets the event "replaced". */
  async takeOver(roomId, { sync } = {}) {
    return this.#resume(roomId, undefined, sync, true);
  }

  /** `{roomId, gameType}` of the room played last in this browser, in the last ten minutes, or null. */
  lastRoom(gameType) {
    const session = this.#sessions.newest(gameType);
    return session && { roomId: session.roomId, gameType: session.gameType };
  }

  // MARK: The connection

  #setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.emit("state", state);
  }

  #later(name, ms, act) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(act, ms);
  }

  #hurry() {
    if (this.state === "waiting" && !this.#mustWait) this.#open();
    if (this.state !== "open") return;
    this.#pings = 1; // With the one that goes out now as many as may stay unanswered.
    this.#ping();
    this.#heard(WAKE_MS);
  }

  #open() {
    clearTimeout(this.#timers.retry);
    this.retryAt = null;
    this.#setState("connecting");
    const socket = new WebSocket(this.#url, "parlor.v1");
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#socket === socket && this.#received(JSON.parse(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    if (this.#token) socket.onopen = () => (this.#authenticated = this.#authenticate("authenticate"));
    this.#pings = 0;
    this.#heard(15_000);
  }

  async #authenticate(type) {
    const socket = this.#socket;
    try {
      const token = this.#fresh ?? (await this.#fetchToken());
      this.#fresh = null;
      if (this.#socket !== socket) return;
      this.#shown = token;
      this.#write({ type, data: { token } });
    } catch {
      // A refresh that fails is made up for when the connection ends with its token.
      if (this.#socket === socket && type === "authenticate") this.#lost(1006, true);
    }
  }

  async #fetchToken() {
    return typeof this.#token === "function" ? this.#token() : this.#token;
  }

  /** After a token was refused: opens with another one, and not at all when there is none. */
  async #openAnew() {
    this.#setState("connecting");
    const token = await this.#fetchToken().catch(() => null);
    if (this.state !== "connecting" || this.#socket) return;
    if (token === null) return this.#lost(4002);
    if (token === this.#shown) return this.#end("unauthorized");
    this.#fresh = token;
    this.#open();
  }

  /** Nothing is asked before the token is on its way: a seat taken earlier would be anonymous. */
  async #greeted(data) {
    const socket = this.#socket;
    if (this.#token) await this.#authenticated;
    if (this.#socket === socket) this.#welcomed(data);
  }

  /** Starts the wait for the next sign of life anew. */
  #heard(ms = (this.#welcome?.heartbeatSeconds ?? 15) * 1000) {
    this.#later("heartbeat", ms, () => {
      if (this.#pings >= 2 || this.state !== "open") return this.#lost(4005, true);
      this.#ping();
      this.#heard();
    });
  }

  #ping() {
    this.#pings += 1;
    this.#write({ type: "ping", data: { sentAt: Date.now() } });
  }

  #learnClock(sentAt, serverTime) {
    const now = Date.now();
    const roundTrip = now - sentAt;
    if (!(roundTrip >= 0) || typeof serverTime !== "number") return;
    if (roundTrip > this.#clock.roundTrip && now - this.#clock.at < 300_000) return;
    this.#clock = { offset: serverTime + roundTrip / 2 - now, roundTrip, at: now };
  }

  #write(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #lost(code, shut = false) {
    const socket = this.#socket;
    this.#socket = null;
    if (shut) socket?.close();
    clearTimeout(this.#timers.heartbeat);
    this.#watched = undefined;
    this.emit("disconnected", { code });
    const next = afterClose(code);
    if (next === "replaced") return this.#replaced();
    if (next === "stop") return this.#end(code === 4007 ? "kicked" : "refused");
    if (next === "token" && typeof this.#token !== "function") return this.#end("unauthorized");
    for (const [id, request] of this.#requests) {
      clearTimeout(request.timer);
      if (request.survives) continue;
      this.#requests.delete(id);
      request.reject(disconnected());
    }
    for (const room of this.#rooms.values()) room.offline();
    if (this.#welcomedAt && Date.now() - this.#welcomedAt >= STABLE_MS) this.#attempt = 0;
    this.#welcomedAt = 0;
    const ceiling = Math.min(BACKOFF_LIMIT_MS, BACKOFF_FIRST_MS * 2 ** this.#attempt);
    let wait = typeof next === "number" ? next + Math.random() * 5000 : Math.random() * ceiling;
    if (this.#reopenIn !== null) wait = this.#reopenIn;
    this.#mustWait = typeof next === "number" || this.#reopenIn !== null;
    this.#reopenIn = null;
    this.#attempt += 1;
    this.retryAt = Date.now() + wait;
    this.#setState("waiting");
    this.#later("retry", wait, () => (next === "token" ? this.#openAnew() : this.#open()));
  }

  /** The end until `connect()` or `takeOver()`. After "replaced" the rooms stay, so that they can be taken back. */
  #end(because, code) {
    const socket = this.#socket;
    this.#socket = null;
    if (code) socket?.close(code);
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.retryAt = null;
    this.#welcomedAt = 0;
    this.#attempt = 0;
    this.#watched = undefined;
    this.closedBecause = because;
    this.#saveAll();
    for (const request of this.#requests.values()) {
      clearTimeout(request.timer);
      request.reject(disconnected(because));
    }
    this.#requests.clear();
    for (const room of [...this.#rooms.values()]) {
      room.offline();
      if (because === "kicked") this.#forget(room, because);
      this.#unlock(room.id);
    }
    this.#setState("closed");
  }

  #replaced() {
    this.#end("replaced");
    for (const room of this.#rooms.values()) room.emit("replaced", {});
    this.emit("replaced", {});
  }

  // MARK: Messages

  #received(message) {
    this.#pings = 0;
    this.#heard();
    const { type, id, roomId, data } = message;
    if (type === "welcome") this.#greeted(data);
    else if (type === "reconnect_result" && message.success) this.#returned(message);
    else if (type === "pong") this.#learnClock(data?.sentAt, data?.serverTime);
    else if (type === "room_list" && id === undefined) this.#lobbyNews({ reset: true, ...data });
    else if (type === "room_list_update") this.#lobbyNews(data);
    else if (type === "server_draining") this.#reopenIn = data?.reconnectAfterMs ?? null;
    else if (type === "token_expiring" && this.#token) this.#authenticate("refresh_token");
    const request = this.#requests.get(id);
    if (request) this.#answered(request, message);
    else if (!type.endsWith("_result")) this.#rooms.get(roomId)?.receive(message);
    else if (type === "make_move_result") this.#roomOfMove(message)?.answered(message, this.#learnClock.bind(this));
    this.emit(type, message);
  }

  #roomOfMove({ id, roomId }) {
    return this.#rooms.get(roomId) ?? [...this.#rooms.values()].find((room) => room.awaits(id));
  }

  #answered(request, message) {
    this.#requests.delete(message.id);
    clearTimeout(request.timer);
    // Before the promise: what follows on the wire must meet a room that knows this answer.
    if (message.success === false || message.type === "error") {
      request.reject(new ParlorError(message.error ?? message.data ?? { code: "internal" }));
    } else {
      if (message.type === "join_room_result") this.#joined(request, message);
      request.resolve(message);
    }
  }

  #returned(answer) {
    this.#hasReturned = true;
    this.#clientId = answer.data.clientId;
    this.#rooms.get(answer.roomId)?.accept(answer, false);
  }

  #joined(request, answer) {
    const room = this.#rooms.get(answer.roomId) ?? this.#addRoom(answer.roomId, answer.data.gameType);
    room.sync = request.message.data?.sync ?? room.sync;
    room.clientId = this.#clientId;
    room.accept(answer, true);
  }

  /** Every connection starts here: first the seats, then what was waiting, then the lobby. */
  #welcomed(data) {
    const before = this.#clientId;
    this.#welcome = data;
    this.#welcomedAt = Date.now();
    this.#clientId = data.clientId;
    this.#hasReturned = false;
    this.#setState("open");
    this.#ping();
    const waiting = [...this.#requests.values()];
    const seated = [...this.#rooms.values()].filter((room) => room.seat !== null);
    const watched = [...this.#rooms.values()].filter((room) => room.seat === null);
    this.#comeBackInTurn(seated);
    // A join whose answer was lost: as the client that sent it, so that it is not seated twice.
    if (before && seated.length === 0 && waiting.some((request) => request.sent && request.survives)) {
      this.#write({ type: "reconnect", data: { clientId: before } });
    }
    for (const room of watched) this.#comeBack(room);
    for (const request of waiting) this.#send(request);
    this.#watchLobby();
  }

  /** Sends a request now, or once the connection is open; resolves with the answer's message. */
  #request(type, envelope, { survives = false } = {}) {
    if (this.state === "closed") return Promise.reject(disconnected(this.closedBecause));
    return new Promise((resolve, reject) => {
      const id = this.nextId();
      const request = { message: { type, id, ...envelope }, resolve, reject, survives, sent: false };
      this.#requests.set(id, request);
      if (this.state === "open") this.#send(request);
      else request.survives = true;
    });
  }

  #send(request) {
    request.sent = true;
    if (request.message.type !== "join_room") request.survives = false;
    clearTimeout(request.timer);
    request.timer = setTimeout(() => {
      this.#requests.delete(request.message.id);
      request.reject(new ParlorError({ code: "timeout", message: "The server did not answer.", retryable: true }));
    }, REQUEST_MS);
    this.#write(request.message);
  }

  /** @internal An id that no other page load uses: the idempotency key of a move. */
  nextId() {
    this.#counter += 1;
    return `${this.#prefix}-${this.#counter}`;
  }

  /** @internal What a room asks through its connection. */
  channel(room) {
    return {
      request: (type, data, extra) => this.#request(type, { roomId: room.id, data }, extra),
      write: (message) => this.state === "open" && this.#write(message),
      now: () => this.serverNow(),
      nextId: () => this.nextId(),
      changed: () => this.#saveSoon(),
      closed: (reason) => this.#forget(room, reason),
      claim: () => this.#claim(room),
    };
  }

  // MARK: Coming back

  #addRoom(roomId, gameType) {
    const room = new Room(roomId, gameType, (room) => this.channel(room));
    this.#rooms.set(roomId, room);
    return room;
  }

  #forget(room, reason) {
    if (!this.#rooms.delete(room.id)) return;
    this.#sessions.remove(room.id, room.clientId);
    this.#unlock(room.id);
    room.end(reason);
  }

  /** One after the other: only the first seat that is still there can tell who this connection is. */
  async #comeBackInTurn(rooms) {
    const socket = this.#socket;
    for (const room of rooms) {
      if (this.#socket === socket) await this.#comeBack(room);
    }
  }

  /** Asks for a room again on a new connection; a refusal that is not for now closes the room. */
  async #comeBack(room) {
    const isPlayer = room.seat !== null;
    try {
      if (isPlayer && !this.#hasReturned) {
        await this.#reconnect(room);
      } else {
        const data = { as: isPlayer ? "player" : "spectator", sync: room.sync };
        await this.#request("join_room", { roomId: room.id, data });
      }
    } catch (error) {
      if (error.code === "disconnected" || !this.#rooms.has(room.id)) return;
      if (!error.retryable) return this.#forget(room, isPlayer ? "expired" : "gone");
      this.#later(`back:${room.id}`, error.retryAfterMs ?? 1000 + Math.random() * 2000, () => {
        if (this.state === "open" && this.#rooms.has(room.id)) this.#comeBack(room);
      });
    }
  }

  #reconnect(room) {
    const { clientId, sync } = room;
    const data = { clientId, roomId: room.id, ...room.position(), sync };
    return this.#request("reconnect", { roomId: room.id, data });
  }

  async #resume(roomId, gameType, sync, steal) {
    const known = this.#rooms.get(roomId);
    if (known?.online) return known;
    const session = this.#sessions.get(roomId);
    if (!session) {
      if (known) this.#forget(known, "expired");
      return null;
    }
    if (!session.ofThisTab && !(await this.#lock(roomId, steal))) {
      throw new ParlorError({ code: "busy", message: "This seat is being played in another tab.", retryable: true });
    }
    const room = known ?? this.#addRoom(roomId, gameType ?? session.gameType);
    room.sync = sync ?? room.sync;
    if (!known) room.restore(session);
    try {
      if (this.state === "open") {
        await this.#reconnect(room);
      } else {
        const back = this.#backOnline(room);
        this.connect();
        await back;
      }
    } catch (error) {
      if (!SEAT_GONE.includes(error.code)) {
        if (!known) this.#rooms.delete(roomId);
        this.#unlock(roomId);
        throw error;
      }
      this.#forget(room, "expired");
    }
    return this.#rooms.has(roomId) ? room : null;
  }

  /** Until the room is connected or over; fails when the connection has ended. */
  #backOnline(room) {
    return new Promise((resolve, reject) => {
      const offs = [];
      const settle = (act) => (value) => {
        for (const off of offs) off();
        act(value);
      };
      const ended = settle(() => reject(disconnected(this.closedBecause)));
      offs.push(room.on("online", settle(resolve)), room.on("closed", settle(resolve)));
      offs.push(this.on("state", (state) => state === "closed" && ended()));
    });
  }

  // MARK: One tab per seat

  /** After a seat was taken: this tab's lock and session for it, or a session for this tab alone. */
  async #claim(room) {
    if (room.seat === null) {
      this.#sessions.remove(room.id, room.clientId);
      return this.#unlock(room.id);
    }
    room.clientId ??= this.#clientId;
    room.ofThisTab = !(await this.#lock(room.id, false));
    this.#save(room);
  }

  /** Whether this tab now holds the room's lock. True as well where there are no locks. */
  async #lock(roomId, steal) {
    const locks = globalThis.navigator?.locks;
    if (!locks || this.#locks.has(roomId)) return true;
    return new Promise((resolve) => {
      const options = steal ? { steal: true } : { ifAvailable: true };
      const held = locks.request(`parlor:${roomId}`, options, (lock) => {
        resolve(lock !== null);
        return lock && new Promise((release) => this.#locks.set(roomId, release));
      });
      held.catch((error) => {
        resolve(false);
        if (error.name !== "AbortError" || !this.#locks.delete(roomId)) return;
        // Stolen: the other tab comes back as this client, in all its rooms. Do not fight for them.
        if (this.state !== "closed") this.#replaced();
      });
    });
  }

  #unlock(roomId) {
    this.#locks.get(roomId)?.();
    this.#locks.delete(roomId);
  }

  #saveSoon() {
    this.#timers.save ??= setTimeout(() => this.#saveAll(), 300);
  }

  #saveAll() {
    clearTimeout(this.#timers.save);
    this.#timers.save = undefined;
    if (this.closedBecause === "replaced") return;
    for (const room of this.#rooms.values()) this.#save(room);
  }

  #save(room) {
    if (room.seat === null || !room.clientId || room.ofThisTab === undefined) return;
    const { clientId, id, gameType, ofThisTab } = room;
    const { lastSeq, lastEpoch: epoch } = room.position();
    this.#sessions.put({ clientId, roomId: id, gameType, lastSeq, epoch }, ofThisTab);
  }

  // MARK: The lobby

  /** Asks for what the watchers need together. False when that is watched already. */
  #watchLobby() {
    const types = new Set([...this.#watchers.values()].map((watcher) => watcher.gameType));
    const wanted = types.size === 0 ? null : types.size === 1 ? [...types][0] ?? "" : "";
    if (this.state !== "open" || wanted === (this.#watched ?? null)) return false;
    this.#watched = wanted ?? undefined;
    this.#lobby = null;
    if (wanted === null) this.#write({ type: "unwatch_lobby" });
    else this.#write({ type: "watch_lobby", gameType: wanted || undefined });
    return true;
  }

  #lobbyNews({ reset, rooms = [], added = [], changed = [], removed = [] }) {
    if (this.#watched === undefined) return;
    if (reset) this.#lobby = new Map();
    if (!this.#lobby) return;
    for (const room of [...rooms, ...added, ...changed]) this.#lobby.set(room.roomId, room);
    for (const roomId of removed) this.#lobby.delete(roomId);
    this.#tellWatchers(this.#watchers.keys());
  }

  #tellWatchers(keys) {
    const all = [...this.#lobby.values()].sort((a, b) => b.createdAt - a.createdAt);
    for (const key of [...keys]) {
      const watcher = this.#watchers.get(key);
      watcher?.callback(watcher.gameType ? all.filter((room) => room.gameType === watcher.gameType) : all);
    }
  }
}

function disconnected(because) {
  if (because === "unauthorized") return new ParlorError({ code: because, message: "The server does not take this token." });
  const message = because ? `The connection is closed (${because}).` : "The connection was lost before the answer.";
  return new ParlorError({ code: "disconnected", reason: because ?? undefined, message, retryable: true });
}

/**
 * A room that this page plays or watches. Its properties are always the newest known; "change" says that some did.
 * Events: "change", "event" (of the game: `{event, ...}`), "chat", "closed" `{reason}`, "replaced", "online", "offline",
 * and every message type of a room, with the message's data.
 */
export class Room extends Emitter {
  /** The seat of this page, 0-based, or null for a spectator. */
  seat = null;
  /** "player" or "spectator". */
  role = "spectator";
  playerId = null;
  /** Who sits where: `{seat, playerId, name, connected, bot, ready?, awayUntil?}`, by seat. */
  seats = [];
  /** "waiting", "playing", "paused" or "finished". */
  phase = "waiting";
  /** What the game shows to this page; undefined before the first start. Never changed in place. */
  view = undefined;
  outcome = undefined;
  /** When the turn ends, by the server's clock. */
  turnEndsAt = undefined;
  /** `{reason, untilMs?}` while the phase is "paused". */
  pause = undefined;
  /** How many people watch. */
  spectators = 0;
  /** The last chat lines, oldest first. */
  chat = [];
  /** The last events of the room `{type, seq?, data}`, oldest first. */
  history = [];
  /** Whether nobody can join any more, as far as this page can know: others' locking is not told. */
  locked = false;
  /** The rematch votes so far, `{votes, needed}`, once a game has ended. */
  rematchVotes = undefined;
  /** Whether the room is connected now; its properties stay as they were while it is not. */
  online = false;
  /** Why the room is over for this page, or null while it is not. */
  closed = null;
  /** The invitation link's path. */
  url = null;
  /** How long a seat is held for somebody who has lost the connection. */
  graceSeconds = 0;

  /** @internal */ sync = undefined;
  /** @internal */ clientId = null;
  /** @internal */ ofThisTab = undefined;
  #channel;
  #epoch = 0;
  #seq = 0;
  #version = 0;
  #seatsSeq = 0;
  #resyncing = false;
  #host = undefined;
  #order = new Map();
  #moves = new Map();

  /** @internal Rooms come from {@link Parlor#join} and {@link Parlor#resume}. */
  constructor(id, gameType, channelFor) {
    super();
    this.id = id;
    this.gameType = gameType;
    this.#channel = channelFor(this);
  }

  // MARK: What a player does

  /**
   * Makes a move; resolves with `{version, serverTime, repeated?}` once it counts, throws {@link ParlorError} when it is
   * refused. A move whose answer was lost is sent again under its id after a reconnect, and counts once.
   */
  move(data) {
    if (this.closed) return Promise.reject(this.#overError());
    return new Promise((resolve, reject) => {
      const id = this.#channel.nextId();
      const move = { message: { type: "make_move", id, roomId: this.id, data }, resolve, reject, sentAt: Date.now() };
      this.#moves.set(id, move);
      if (this.online) this.#channel.write(move.message);
    });
  }

  /** A move that a newer one will replace (the paddle's place): not answered, not repeated, lost while offline. */
  input(data) {
    if (this.online) this.#channel.write({ type: "make_move", roomId: this.id, data });
  }

  /** Says that this player wants to begin (or not yet), in a game that starts when all are ready. */
  async ready(ready = true) {
    await this.#channel.request("ready", { ready });
  }

  /** Votes for another game; resolves with `{votes, needed}`. */
  async rematch() {
    return (await this.#channel.request("rematch", {})).data;
  }

  /** Seats a bot, of level 1 to 3, while the room waits; resolves with `{seat}`. */
  async addBot({ seat, level } = {}) {
    return (await this.#channel.request("add_bot", { seat, level })).data;
  }

  /** Sends a bot away while the room waits; without a seat the last one. */
  async removeBot(seat) {
    await this.#channel.request("remove_bot", { seat });
  }

  /** Removes a player, for good. Only the host may. */
  async kick(seat) {
    await this.#channel.request("kick", { seat });
  }

  /** Only the host may: nobody can join any more. */
  async lock() {
    await this.#channel.request("lock", {});
    this.#setLocked(true);
  }

  /** Only the host may. */
  async unlock() {
    await this.#channel.request("unlock", {});
    this.#setLocked(false);
  }

  #setLocked(locked) {
    this.locked = locked;
    this.emit("change", this);
  }

  /** A line of chat for everybody in the room, of at most 500 characters. */
  async say(text) {
    await this.#channel.request("chat", { text });
  }

  /** Asks for the whole state again. */
  resync() {
    this.#resyncing = true;
    this.#channel.write({ type: "resync", roomId: this.id });
  }

  /** Gives the seat up, at once and for good. */
  async leave() {
    if (this.closed) return;
    if (this.online) await this.#channel.request("leave_room", {}).catch(() => {});
    this.#channel.closed("left");
  }

  /** Gives the seat up and watches. */
  async watch() {
    await this.#rejoin({ as: "spectator" });
  }

  /** A spectator takes a seat, while the room waits. */
  async sit(seat) {
    await this.#rejoin({ as: "player", seat });
  }

  /** The seat of the room's host, the person seated longest, as far as this page can know; null when nobody is. */
  get host() {
    const people = this.seats.filter((seat) => !seat.bot);
    if (people.some((seat) => seat.seat === this.#host)) return this.#host;
    const since = (seat) => this.#order.get(seat.playerId) ?? Infinity;
    return people.sort((a, b) => since(a) - since(b) || a.seat - b.seat)[0]?.seat ?? null;
  }

  async #rejoin(data) {
    await this.#channel.request("join_room", { ...data, sync: this.sync });
    await this.#channel.claim();
    this.emit("change", this);
  }

  #overError() {
    return new ParlorError({ code: "room_closed", reason: this.closed, message: "This room is over." });
  }

  // MARK: What the server says

  /** @internal What to tell the server when coming back. */
  position() {
    const known = this.#epoch > 0;
    return { lastSeq: this.#seq, lastVersion: this.#version || undefined, lastEpoch: known ? this.#epoch : undefined };
  }

  /** @internal A stored session. */
  restore({ clientId, lastSeq, epoch, ofThisTab }) {
    this.clientId = clientId;
    this.ofThisTab = ofThisTab;
    this.#seq = lastSeq ?? 0;
    this.#epoch = epoch ?? 0;
    this.seat = -1; // A player; the server says where.
  }

  /** @internal The result of a join or of a reconnect. */
  accept({ epoch, seq, version, data }, isJoin) {
    if (epoch < this.#epoch) return;
    this.#raise(epoch);
    // What was missed follows with lower numbers; with nothing to follow, the result's number is where we are.
    if (isJoin || !data.recovered) this.#seq = Math.max(this.#seq, seq);
    this.#seatsSeq = seq;
    this.role = data.role;
    this.seat = data.role === "player" ? data.seat : null;
    this.playerId = data.playerId;
    this.phase = data.phase;
    this.spectators = data.spectators ?? 0;
    this.graceSeconds = data.graceSeconds ?? 0;
    this.url = data.url ?? this.url;
    this.locked = data.locked ?? false;
    this.#host = data.host;
    if (data.gameType) this.gameType = data.gameType;
    if (data.clientId) this.clientId = data.clientId;
    if (data.chat) this.chat = data.chat;
    if (data.events) this.history = data.events.map(({ type, seq, data }) => ({ type, seq, data }));
    const before = this.#order.size === 0 && isJoin ? data.seats.filter((seat) => seat.seat !== this.seat) : data.seats;
    for (const seat of [...before, ...data.seats]) this.#rank(seat.playerId);
    this.seats = data.seats.map((seat) => this.#withAway(seat)).sort((a, b) => a.seat - b.seat);
    // Taking another place in a room that is online is no reason to ask twice.
    if (!this.online) for (const move of this.#moves.values()) this.#channel.write(move.message);
    this.online = true;
    this.#channel.changed();
    this.emit("online", {});
    this.emit("change", this);
  }

  /** @internal */
  offline() {
    if (!this.online) return;
    this.online = false;
    this.#resyncing = false;
    this.emit("offline", {});
    this.emit("change", this);
  }

  /** @internal */
  awaits(id) {
    return this.#moves.has(id);
  }

  /** @internal The answer to a move. */
  answered({ id, success, error, data }, learnClock) {
    const move = this.#moves.get(id);
    if (!move) return success || this.emit("refused", new ParlorError(error));
    this.#moves.delete(id);
    if (success) move.resolve(data);
    else move.reject(new ParlorError(error));
    if (success && !data.repeated) learnClock(move.sentAt, data.serverTime);
  }

  /** @internal */
  receive(message) {
    const { type, data = {}, epoch = this.#epoch, seq } = message;
    if (epoch < this.#epoch) return;
    this.#raise(epoch);
    if (type === "game_state" || type === "game_patch") {
      const isNews = type === "game_state" ? this.#state(message) : this.#patch(message);
      if (!isNews) return;
    } else {
      if (seq !== undefined) {
        if (seq <= this.#seq) return;
        this.#seq = seq;
      }
      this.#happened(type, data, seq);
    }
    this.#channel.changed();
    this.emit(type, data);
    if (type === "room_closed") this.#channel.closed(data.reason);
    else this.emit("change", this);
  }

  #raise(epoch) {
    if (epoch <= this.#epoch) return;
    if (this.#epoch > 0) this.#seq = this.#version = this.#seatsSeq = 0;
    this.#epoch = epoch;
  }

  #state({ seq, version, data }) {
    this.#seq = Math.max(this.#seq, seq ?? 0);
    if (version < this.#version) return false;
    this.#resyncing = false;
    this.#version = version;
    this.view = data.view;
    this.#take(data);
    return true;
  }

  #patch({ seq, version, base, data }) {
    if (version < this.#version) return false;
    if (base !== this.#version) {
      if (!this.#resyncing) this.resync();
      return false;
    }
    this.#seq = Math.max(this.#seq, seq ?? 0);
    this.#version = version;
    this.view = mergePatch(this.view, data.patch ?? {});
    this.#take(data);
    return true;
  }

  #take({ phase, turnEndsAt, pause, outcome }) {
    this.phase = phase ?? this.phase;
    this.turnEndsAt = turnEndsAt;
    this.pause = pause;
    this.outcome = outcome;
    if (this.phase !== "finished") this.rematchVotes = undefined;
  }

  #happened(type, data, seq) {
    if (type === "chat") this.chat = [...this.chat, data].slice(-CHAT_LINES);
    else if (seq !== undefined) this.history = [...this.history, { type, seq, data }].slice(-HISTORY_EVENTS);
    if (type === "spectators_changed") this.spectators = data.count;
    if (type === "game_event") this.emit("event", data);
    // The seats of a reconnect's result contain the events replayed after it already.
    if (seq === undefined || seq > this.#seatsSeq) this.#seatsChanged(type, data);
  }

  #seatsChanged(type, data) {
    const change = (part) => {
      this.seats = this.seats.map((seat) => (seat.seat === data.seat ? this.#withAway({ ...seat, ...part }) : seat));
    };
    if (type === "player_joined") {
      this.#rank(data.playerId);
      const others = this.seats.filter((seat) => seat.seat !== data.seat);
      this.seats = [...others, { connected: true, ...data }].sort((a, b) => a.seat - b.seat);
    } else if (type === "player_left") {
      this.#order.delete(data.playerId);
      this.seats = this.seats.filter((seat) => seat.seat !== data.seat);
      this.rematchVotes = undefined;
    } else if (type === "player_disconnected") change({ connected: false, graceMs: data.graceSeconds * 1000 });
    else if (type === "player_reconnected") change({ connected: true, graceMs: undefined });
    else if (type === "ready_changed") change({ ready: data.ready });
    else if (type === "rematch_voted") this.rematchVotes = { votes: data.votes, needed: data.needed };
    else if (type === "game_started") this.outcome = this.rematchVotes = undefined;
    else if (type === "game_ended") {
      this.outcome = data.outcome;
      this.seats = this.seats.map((seat) => ({ ...seat, ready: undefined }));
    }
  }

  #withAway({ graceMs, awayUntil, ...seat }) {
    if (seat.connected) return seat;
    return { ...seat, awayUntil: graceMs === undefined ? awayUntil : this.#channel.now() + graceMs };
  }

  #rank(playerId) {
    if (!this.#order.has(playerId)) this.#order.set(playerId, this.#order.size + 1);
  }

  /** @internal */
  end(reason) {
    this.closed = reason;
    this.online = false;
    for (const move of this.#moves.values()) move.reject(this.#overError());
    this.#moves.clear();
    this.emit("closed", { reason });
    this.emit("change", this);
  }
}
