// The ways of being hostile, each of them one short act of a connection.
#include "flood.h"

#include <string.h>

static void garbage(Connection *connection) {
    uint32_t bytes[256];
    for (size_t i = 0; i < 256; i++) bytes[i] = random_word();
    send_bytes(connection, bytes, sizeof bytes);
}

static void oversize(Connection *connection) {
    send_bytes(connection, "\x81\xff\0\0\0\0\1\0\0\1abcd", 14);
}

static void half_handshake(Connection *connection) { send_bytes(connection, upgrade_request(), 60); }
static void open_and_close(Connection *connection) { end_connection(connection); }
static void bad_json(Connection *connection) { say(connection, "hello"); }
static void unknown_type(Connection *connection) { say(connection, "{\"type\":\"become_admin\"}"); }
static void ping_frame(Connection *connection) { send_frame(connection, 9, "0123456789", 10); }
static void ping(Connection *connection) { say(connection, "{\"type\":\"ping\"}"); }
static void resync(Connection *connection) { say(connection, "{\"type\":\"resync\"}"); }
static void room_list(Connection *connection) { say(connection, "{\"type\":\"get_room_list\"}"); }
static void chat(Connection *connection) { say(connection, "{\"type\":\"chat\",\"data\":{\"text\":\"buy!\"}}"); }

static void refused_move(Connection *connection) {
    say(connection, "{\"type\":\"make_move\",\"data\":{\"row\":9,\"col\":9}}");
}

static void guess(Connection *connection) {
    say(connection, "{\"type\":\"reconnect\",\"data\":{\"clientId\":\"%08x%08xAAAAAA\"}}", random_word(),
        random_word());
}

static void join_or_leave(Connection *connection) {
    connection->has_joined = !connection->has_joined;
    say(connection, connection->has_joined ? "{\"type\":\"join_room\",\"gameType\":\"tictactoe\"}"
                                           : "{\"type\":\"leave_room\"}");
}

static void get_rooms(Connection *connection) {
    static const char text[] = "GET /api/rooms HTTP/1.1\r\nHost: localhost\r\n\r\n";
    send_bytes(connection, text, sizeof text - 1);
    if (is_measuring) connection->load->messages++;
}

static const Kind kinds[] = {
    {"honest", ONCE_SEATED, false, NULL},
    {"bad-json", ONCE_WELCOMED, false, bad_json},
    {"unknown-type", ONCE_WELCOMED, false, unknown_type},
    {"ping", ONCE_WELCOMED, false, ping},
    {"ping-frame", ONCE_WELCOMED, false, ping_frame},
    {"refused-move", ONCE_SEATED, false, refused_move},
    {"resync", ONCE_SEATED, false, resync},
    {"chat", ONCE_SEATED, false, chat},
    {"room-list", ONCE_WELCOMED, false, room_list},
    {"guess", ONCE_WELCOMED, false, guess},
    {"join-leave", ONCE_WELCOMED, false, join_or_leave},
    {"get-rooms", ONCE_CONNECTED, false, get_rooms},
    {"garbage", ONCE_WELCOMED, true, garbage},
    {"oversize", ONCE_WELCOMED, true, oversize},
    {"half-handshake", ONCE_CONNECTED, true, half_handshake},
    {"connect-close", ONCE_CONNECTED, true, open_and_close},
    {"open-close", ONCE_WELCOMED, true, open_and_close},
};

const Kind *kind_named(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
    fail("there is no kind %s", name);
}
