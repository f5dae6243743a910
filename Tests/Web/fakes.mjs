/** What a browser has and Node lacks, under a test's control. */

/** Every socket made since the last `reset`, oldest first. */
export const sockets = [];

export class FakeWebSocket {
  readyState = 0;
  sent = [];

  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
    sockets.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code) {
    this.closedWith = code ?? 1005;
    this.readyState = 3;
  }

  // What the other side does

  open(clientId = "client-1") {
    this.readyState = 1;
    this.onopen?.();
    this.say({ type: "welcome", data: { protocol: 1, clientId, heartbeatSeconds: 15, games: [{ gameType: "dice" }] } });
  }

  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  drop(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** The messages of a type that the page has sent, pings apart by default. */
  messages(type) {
    return this.sent.filter((message) => (type ? message.type === type : message.type !== "ping"));
  }
}

export class FakeStorage {
  #items = new Map();
  get length() {
    return this.#items.size;
  }
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }
  getItem(key) {
    return this.#items.get(key) ?? null;
  }
  setItem(key, value) {
    this.#items.set(key, String(value));
  }
  removeItem(key) {
    this.#items.delete(key);
  }
}

/** Locks of one browser, for any number of tabs. */
export class FakeLocks {
  #held = new Map();

  async request(name, { ifAvailable, steal }, act) {
    const holder = this.#held.get(name);
    if (holder && ifAvailable) return act(null);
    if (holder && steal) holder.lose(Object.assign(new Error("stolen"), { name: "AbortError" }));
    return new Promise((resolve, reject) => {
      const mine = { lose: reject };
      this.#held.set(name, mine);
      Promise.resolve(act({ name })).then((value) => {
        if (this.#held.get(name) === mine) this.#held.delete(name);
        resolve(value);
      });
    });
  }
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** A fresh browser. */
export function reset({ locks } = {}) {
  sockets.length = 0;
  define("WebSocket", FakeWebSocket);
  define("localStorage", new FakeStorage());
  define("sessionStorage", new FakeStorage());
  define("location", { protocol: "https:", host: "games.example" });
  define("navigator", { locks });
  define("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
}

/** Lets everything that is promised happen. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await null;
}

export const lastSocket = () => sockets.at(-1);
