"""Before a connection is a socket: requests that never end, are two at once, or come from somewhere else."""

import asyncio
import time

from behaviour import MIB, hostile, post, request
from client import Ended, frame

# Behaviours that wait for the server's patience to end have a server to themselves, beside the others.
ALONE = ()
# What some hundred connections may take; in a debug build one takes some 30 KiB.
MANY = {"peak": 48 * MIB, "memory": 12 * MIB}


def once(name, must, data, **how):
    """One request over one connection."""
    @hostile("handshake", name, must)
    async def act(arena):
        return await arena.exchange(data, **how)


# MARK: Requests that do not end

@hostile("handshake", "500 requests that stop in the middle of a header", "cut off after 10 s", **MANY, flags=ALONE)
async def half_requests(arena):
    lines = [await arena.line(number % 10) for number in range(500)]
    for line in lines:
        await line.send(b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: webso")
    return await cut_off(lines, 10)


@hostile("handshake", "500 connections that say nothing", "cut off after 10 s", **MANY, flags=ALONE)
async def mute(arena):
    return await cut_off([await arena.line(number % 10) for number in range(500)], 10)


@hostile("handshake", "a header that comes a byte at a time (slowloris)", "cut off after 10 s", flags=ALONE)
async def slow_header(arena):
    return await drip(await arena.line(), b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", 10)


@hostile("handshake", "a body that comes a byte at a time", "cut off or 408", flags=ALONE)
async def slow_body(arena):
    return await drip_and_see(await arena.line(), post(b"", "Content-Length: 16000"))


@hostile("handshake", "a second request that comes a byte at a time", "cut off or 408", flags=ALONE)
async def slow_second(arena):
    line = await arena.line()
    await line.send(request())
    await line.status()
    return await drip_and_see(line, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")


async def drip_and_see(line, start):
    """A byte each half second after that; what comes of it within 45."""
    end = asyncio.create_task(line.status(45))
    try:
        await line.send(start)
        while not (await asyncio.wait([end], timeout=0.5))[0]:
            await line.send(b"a")
    except Ended:
        pass
    return await end


@hostile("handshake", "300 connections kept alive after a request, and silent", "cut off after 30 s", **MANY,
         flags=ALONE)
async def kept_alive(arena):
    async def ask(number):
        line = await arena.line(number % 10)
        # Counted from here: the answer may be read late.
        line.begun = time.monotonic()
        await line.send(request())
        if (status := await line.status()) != "200":
            raise AssertionError(f"not answered: {status}")
        return line
    return await cut_off([await ask(number) for number in range(300)], 30)


async def drip(line, start, seconds):
    """A byte each half second until the server has had enough, which must be about when it says."""
    end = asyncio.create_task(line.end(45))
    try:
        await line.send(start)
        while not (await asyncio.wait([end], timeout=0.5))[0]:
            await line.send(b"a")
    except Ended:
        pass
    return after([(await end, age(line))], seconds)


async def cut_off(lines, seconds):
    """Waits for the end of each, which is counted from its own beginning: to open hundreds takes a busy machine long."""
    async def end(line):
        return await line.end(45), age(line)
    return after(await asyncio.gather(*map(end, lines)), seconds)


def age(line):
    """Seconds since it was opened, or last heard of."""
    return time.monotonic() - line.begun


def after(ends, seconds):
    """How they ended, and after how long if none was much off: the server may be busy, but has no reason to be early."""
    hows, ages = " and ".join(sorted({how for how, _ in ends})), [age for _, age in ends]
    off = [age for age in ages if not seconds - 0.5 < age < seconds + 8]
    return f"{hows} after {round(off[0]) if off else seconds} s"


# MARK: Too much

once("a header of 100 KB", "431", request("/", "X-Long: " + "a" * 100_000))
once("1,000 headers", "431", request("/", *[f"X-{n}: {n}" for n in range(1000)]))
once("a path of 10 KB", "404 or 414 or 431", request("/" + "a" * 10_000))
once("a path of 1 MB", "414 or 431 or 400", request("/" + "a" * 1_000_000))
once("a query of 5,000 parameters", "400 or 414 or 431",
     request("/api/rooms?" + "&".join(f"limit={n}" for n in range(5000))))
once("a body of 1 MB that is announced", "413", post(b"", "Content-Length: 1000000"))
once("a body of 1 MB in pieces", "413",
     post(b"10000\r\n" + b" " * 65536 + b"\r\n", "Transfer-Encoding: chunked"))


@hostile("handshake", "1,000 requests at once on one connection", "200 to each or 429")
async def pipelined(arena):
    line = await arena.line()
    sending = asyncio.create_task(line.send(request() * 1000))
    statuses = {await line.status() for _ in range(1000)}
    await sending
    return "200 to each" if statuses == {"200"} else "429" if statuses == {"200", "429"} else str(statuses)


# MARK: No HTTP

once("HTTP/0.9", "400 or 505 or cut off", b"GET /\r\n\r\n")
once("HTTP/2 without asking", "400 or 505 or cut off", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
once("an upgrade to HTTP/2", "200", request(
    "/livez", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"))
once("random bytes", "400 or cut off", bytes(range(128, 256)) * 20)
once("a TLS hello on the plain port", "400 or cut off", bytes.fromhex("1603010200010001fc0303") + bytes(500))
once("a frame instead of a request", "400 or cut off", frame("{}"))
once("HTTP/1.0 without a Host", "421 or 400", b"GET /api/games HTTP/1.0\r\n\r\n")
once("a body with a request that has none", "200 or 400 or 413",
     request("/livez", "Content-Length: 5", body=b"hello"))


# MARK: Two requests that look like one (RFC 9112, sections 5 and 6)

BODY = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
for name, lines, body in [
    ("two lengths that differ", ["Content-Length: 0", f"Content-Length: {len(BODY)}"], BODY),
    ("a length and pieces", ["Content-Length: 6", "Transfer-Encoding: chunked"], b"0\r\n\r\n" + BODY),
    ("a header that goes on in the next line", ["X-A: b\r\n Content-Length: 3"], b""),
    ("a space before a header's colon", [f"Content-Length : {len(BODY)}"], BODY),
    ("pieces said twice", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], b"0\r\n\r\n" + BODY),
    ("a coding nobody knows", ["Transfer-Encoding: xchunked"], b"0\r\n\r\n" + BODY),
    ("a length with a sign", ["Content-Length: +6"], b"123456"),
    ("a length below nothing", ["Content-Length: -1"], b""),
    ("a length that no number holds", ["Content-Length: 99999999999999999999999"], b""),
    ("a piece whose size is no number", ["Transfer-Encoding: chunked"], b"0x5\r\nabcde\r\n0\r\n\r\n"),
    ("a NUL in a header", ["X-A: a\0b"], b""),
]:
    once(name, "400 or cut off", post(body, *lines))


# MARK: Where and how

for name, target, must in [
    ("a path out of the folder", "/web/../../../../etc/passwd", "404"),
    ("the same, written with percent signs", "/web/..%2f..%2f..%2fetc%2fpasswd", "404 or 400"),
    ("the same, written twice with percent signs", "/web/%252e%252e%252fetc%252fpasswd", "404 or 400"),
    ("a path with a NUL", "/web/index.html%00.js", "404 or 400"),
    ("a path that is no UTF-8", "/play/%ff%fe", "404 or 400 or 200"),
    ("a room id with a path in it", "/api/rooms/..%2f..%2fmetrics", "404"),
    ("a cursor of a page that never was", "/api/rooms?cursor=9223372036854775807.x", "200 or 400"),
    ("a page of a million rooms", "/api/rooms?limit=1000000", "400"),
]:
    once(name, must, request(target))
once("TRACE", "404 or 405 or 501", request("/", method="TRACE"))
once("CONNECT", "400 or 404 or 405 or 421 or 501", request("example.com:443", method="CONNECT"))
once("a method that nobody knows", "404 or 405 or 501 or 400", request("/", method="BREW"))


# MARK: From elsewhere

once("no Host", "421 or 400", request(host=None))
once("another Host (DNS rebinding)", "421", request(host="evil.example"))
once("two Hosts", "421 or 400", request("/", "Host: evil.example"))
once("a Host that only begins like ours", "421", request(host="localhost.evil.example"))
once("another Host in the request's target", "421 or 400", request("http://evil.example/api/games"))


def upgrade(name, must, path="/ws", **headers):
    @hostile("handshake", name, must)
    async def act(arena):
        player = await arena.stranger()
        return await player.upgrade(path, **headers)


upgrade("a socket for another site's page", "403", Origin="http://evil.example")
upgrade("a socket for a page without an origin", "403", Origin="null")
upgrade("a socket for a site whose name ends like ours", "403", Origin="http://evil-localhost")
upgrade("a socket for a site whose name begins like ours", "403", Origin="http://127.0.0.1.evil.example")
upgrade("a socket for our name at another port", "403", Origin="http://127.0.0.1:1")
upgrade("a socket that another site's page asks for, says the browser", "403", Sec_Fetch_Site="cross-site")
upgrade("a socket under another Host", "421 or 403", Host="evil.example")
upgrade("a socket with a key that is too short", "400 or 426", Sec_WebSocket_Key="AAAA")
upgrade("a socket without a key", "400 or 426", Sec_WebSocket_Key=None)
upgrade("a socket of another version", "400 or 426", Sec_WebSocket_Version="8")
upgrade("a socket at another path", "404", path="/ws/../admin")


@hostile("handshake", "a socket asked for after another request on the same connection", "426 or 400")
async def late_upgrade(arena):
    player = await arena.stranger()
    await player.send(request())
    await player.status()
    return await player.upgrade()


@hostile("handshake", "a socket asked for with a body, which is a frame", "400 or 426 or close 1002 or cut off")
async def upgrade_with_body(arena):
    player = await arena.stranger()
    await player.send(player.request(Content_Length="5") + b"hello")
    status = await player.status(has_body=False)
    return status if status != "101" else await player.closing()


@hostile("handshake", "another site's page makes rooms", "403")
async def foreign_post(arena):
    body = b'{"gameType":"dice"}'
    return await arena.exchange(post(
        body, "Origin: http://evil.example", "Content-Type: text/plain", f"Content-Length: {len(body)}"))


@hostile("handshake", "an address made up for each connection (X-Forwarded-For)", "close 4006",
         flags=("--max-connections-per-address", "20"))
async def forwarded(arena):
    ends = []
    for number in range(21):
        player = await arena.stranger()
        await player.upgrade(X_Forwarded_For=f"198.51.100.{number}")
        ends.append(player)
    return await ends[-1].closing()


@hostile("handshake", "300 sockets opened and broken off at once", "goes on", **MANY)
async def opened_and_broken(arena):
    for number in range(300):
        player = await arena.stranger(number % 10)
        await player.send(player.request())
        player.reset()
    return "goes on"


@hostile("handshake", "300 connections closed without a word", "goes on", **MANY)
async def closed_at_once(arena):
    for number in range(300):
        (await arena.line(number % 10)).close()
    return "goes on"
