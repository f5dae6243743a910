"""Messages that are no JSON, or are JSON that two readers could understand in two ways (RFC 8259)."""

from behaviour import hostile
from client import frame


def text(name, must, *texts):
    """Messages, of which the last one's answer counts."""
    @hostile("json", name, must)
    async def act(arena):
        player = await arena.player()
        for text in texts[:-1]:
            await player.send(frame(text))
            await player.verdict()
        await player.send(frame(texts[-1]))
        return await player.verdict()


def named(name):
    """A join by somebody who is called this, written as JSON."""
    return '{"type":"join_room","gameType":"tictactoe","data":{"create":true,"name":%s}}' % name


text("nothing at all", "bad_json", "")
text("16 KiB of spaces", "bad_json", " " * 16384)
text("a word", "bad_json", "hello")
text("an object that does not end", "bad_json", '{"type":"ping"')
text("something behind the object", "bad_json", '{"type":"ping"}{"type":"ping"}')
text("a comma too many", "bad_json", '{"type":"ping",}')
text("a comment", "bad_json", '{"type":"ping"/* hm */}')
text("a key without quotes", "bad_json", '{type:"ping"}')
text("NaN", "bad_json", '{"type":"ping","data":{"a":NaN}}')
text("a number with a zero in front", "bad_json", '{"type":"ping","id":007}')
text("a byte order mark", "bad_json", '\ufeff{"type":"ping"}')
text("a NUL byte in a string", "bad_json", '{"type":"ping\0"}')
text("a line break in a string", "bad_json", '{"type":"pi\nng"}')
text("an escape that is none", "bad_json", r'{"type":"\x70ing"}')
text("half a surrogate pair", "bad_json or bad_message", named(r'"\ud800"'))
text("a surrogate pair the wrong way round", "bad_json or bad_message", named(r'"\udc00\ud800"'))
text("33 objects in each other", "bad_json", '{"type":"ping","data":' + '{"a":' * 32 + "1" + "}" * 33)
text("16,000 lists in each other", "bad_json", "[" * 16_000)
text("16,000 objects in each other", "bad_json", '{"a":' * 3200)
text("a list", "bad_message", "[]")
text("a number", "bad_message", "17")
text("no type", "bad_message", "{}")
text("a type that is a list", "bad_message", '{"type":["ping"]}')
text("the same key twice", "bad_message", '{"type":"ping","type":"leave_room"}')
text("the same key twice, once with an escape", "bad_message", r'{"type":"ping","\u0074ype":"leave_room"}')
text("the same key twice inside a move", "bad_message",
     '{"type":"make_move","data":{"row":0,"col":0,"row":1}}')
text("1,500 keys that nobody knows", "answered",
     "{" + ",".join(f'"{n}":1' for n in range(1500)) + ',"type":"ping"}')
text("1,500 keys, of which the last is there twice", "bad_message",
     "{" + ",".join(f'"{n}":1' for n in range(1500)) + ',"0":1,"type":"ping"}')
text("keys that fool readers in JavaScript", "answered",
     '{"__proto__":{"type":"leave_room"},"constructor":{},"type":"ping"}')
text("data that is a string", "bad_message", '{"type":"join_room","gameType":"dice","data":"create"}')
text("a ping of 257 bytes", "bad_message", '{"type":"ping","data":{"a":"%s"}}' % ("x" * 250))
text("a number of 16,000 digits as id", "bad_message", '{"type":"ping","id":%s}' % ("9" * 16_000))
text("a number of 16,000 digits in a move", "not_in_room", '{"type":"make_move","data":{"row":%s}}' % ("9" * 16_000))
text("a number that no double holds in a ping", "answered", '{"type":"ping","data":{"a":1e999999}}')
for name, id in [
    ("an id of 2^53", "9007199254740992"), ("an id below nothing", "-1"), ("an id with a fraction", "1.5"),
    ("an id that is a whole number written as none", "1.0"), ("an id with an exponent", "1e3"), ("an empty id", '""'),
    ("an id of 65 characters", f'"{"a" * 65}"'), ("an id with a line break", r'"a\nb"'),
    ("an id in Cyrillic", '"ид"'),
    ("an id that is an object", "{}"), ("an id that is null", "null"),
]:
    text(name, "bad_message", '{"type":"ping","id":%s}' % id)
for name, who in [
    ("a name of nothing but spaces", '"   "'), ("a name of 33 characters", f'"{"a" * 33}"'),
    ("a name with a tower of marks", '"%s"' % ("a" + "\u0301" * 100)), ("a name with a NUL", r'"a\u0000b"'),
    ("a name that turns what follows around (bidi)", r'"\u202Enimda"'),
    ("a name with a zero-width joiner alone", r'"a\u200db"'),
    ("a name with a line separator", r'"a\u2028b"'), ("a name of private characters", r'"\ue000"'),
    ("a name that is a number", "7"), ("a name with an escape code of terminals", r'"\u001b[2J"'),
]:
    text(name, "bad_message", named(who))
