// Honest players: pairs at tic-tac-toe, each move due at its moment, and a rematch after each game.
#define _GNU_SOURCE
#include "flood.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LATENCIES = 1 << 22 };

static uint32_t latencies[LATENCIES];   // us
static size_t latency_count;

static void note_latency(uint64_t due) {
    if (due >= begin && due < end && latency_count < LATENCIES)
        latencies[latency_count++] = (uint32_t)((now() - due) / 1000);
}

static size_t index_of(const Connection *connection) { return (size_t)(connection - connection->load->connections); }
static Pair *pair_of(Connection *connection) { return &connection->load->pairs[index_of(connection) / 2]; }

/// The second of a pair goes where the first one sits, whichever of them is there first.
static void follow(Connection *connection) {
    say(connection, "{\"type\":\"join_room\",\"roomId\":\"%s\"}", pair_of(connection)->room);
}

void take_seat(Connection *connection) {
    connection->state = SEATING;
    if (!is_honest(connection) || index_of(connection) % 2 == 0)
        say(connection, "{\"type\":\"join_room\",\"gameType\":\"tictactoe\",\"data\":{\"create\":true}}");
    else if (pair_of(connection)->room[0])
        follow(connection);
}

void hear_seat(Connection *connection, const char *text) {
    if (!strstr(text, "\"success\":true")) return end_connection(connection);
    connection->state = READY;
    if (!is_honest(connection) || index_of(connection) % 2) return;
    const char *room = strstr(text, "\"roomId\":\"");
    if (!room) fail("no room: %s", text);
    Pair *pair = pair_of(connection);
    snprintf(pair->room, sizeof pair->room, "%.*s", (int)strcspn(room + 10, "\""), room + 10);
    if (connection[1].state == SEATING) follow(connection + 1);
}

static int64_t number(const char *text, const char *key) {
    const char *found = strstr(text, key);
    return found ? strtoll(found + strlen(key), NULL, 10) : -1;
}

static int first_empty_square(const char *text) {
    const char *quote = strstr(text, "\"board\":[[\"");
    if (!quote) return -1;
    quote += strlen("\"board\":[[");
    for (int square = 0; quote && square < 9; square++) {
        if (quote[1] == '"') return square;
        // Behind the mark and its closing quote the next square begins.
        quote = strchr(quote + 3, '"');
    }
    return -1;
}

static void honest_state(Connection *connection, const char *text) {
    Pair *pair = pair_of(connection);
    if (strstr(text, "\"phase\":\"finished\"")) {
        if (!connection->has_voted) say(connection, "{\"type\":\"rematch\"}");
        connection->has_voted = true;
    } else if (strstr(text, "\"phase\":\"playing\"")) {
        connection->has_voted = false;
    }
    int64_t version = number(text, "\"version\":");
    if (version <= pair->version) return;
    pair->version = version;
    pair->is_playing = strstr(text, "\"phase\":\"playing\"") != NULL;
    pair->turn = (int)number(text, "\"turn\":");
    pair->square = pair->is_playing ? first_empty_square(text) : -1;
}

void hear_honest(Connection *connection, const char *text) {
    Pair *pair = pair_of(connection);
    if (strstr(text, "\"error\"")) fail("an honest player was refused: %s", text);
    if (strncmp(text, "{\"type\":\"game_state\"", 20) == 0) {
        honest_state(connection, text);
    } else if (strncmp(text, "{\"type\":\"make_move_result\"", 26) == 0) {
        pair->awaits_answer = false;
        note_latency(pair->sent_due);
    }
}

void play(Load *load, uint64_t time) {
    for (size_t i = 0; i < load->count / 2; i++) {
        Pair *pair = &load->pairs[i];
        bool may_move = pair->is_playing && !pair->awaits_answer && pair->square >= 0 && pair->turn >= 0;
        if (pair->due > time || !may_move) continue;
        pair->sent_due = pair->due;
        pair->due += pair->interval;
        pair->awaits_answer = true;
        // A version names its move: no two moves of a room come from the same one.
        say(&load->connections[i * 2 + (size_t)pair->turn],
            "{\"type\":\"make_move\",\"id\":%lld,\"data\":{\"row\":%d,\"col\":%d}}", (long long)pair->version,
            pair->square / 3, pair->square % 3);
        pair->square = -1;
        if (is_measuring) load->sent++;
    }
}

void note_unanswered(Load *load) {
    for (size_t i = 0; i < load->count / 2; i++) {
        Pair *pair = &load->pairs[i];
        if (pair->awaits_answer) note_latency(pair->sent_due);
        for (; pair->due < end; pair->due += pair->interval) note_latency(pair->due);
    }
}

static int by_size(const void *a, const void *b) {
    return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

uint32_t quantile(double part) {
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    return latency_count ? latencies[(size_t)((double)(latency_count - 1) * part)] : 0;
}

size_t move_count(void) { return latency_count; }
