// Players of the game `counter`, one to a room, over WebSockets: one thread, epoll, loopback only.
//
//   load PORT ROOMS RATE WARM MEASURED
//
// RATE 0: every player keeps as many moves unanswered as the protocol allows. Else RATE moves a second in all, each due
// at its own moment, whether the server keeps up or not; a move's latency counts from when it was due, not from when
// its player's window let it out. WARM and MEASURED are seconds. Prints `measuring`, `measured` and one line of JSON;
// exit code 1 if any move was not answered exactly once, in order, with success.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    WINDOW = 16,               // the protocol: so many moves of a client may be unanswered
    MOVE_BYTES = 128,          // a masked move with the longest id
    INBOX_BYTES = 16 * 1024,   // more than any message of this game
    DRAIN_SECONDS = 20,        // for the answers to what was sent; a server that needs longer has failed
};

typedef struct {
    int fd;
    uint64_t sent, answered, version, moves_shown;
    uint64_t sent_at[WINDOW];   // ns, of the unanswered ones
    size_t held;                // bytes of a message that has not come whole
    char inbox[INBOX_BYTES];
} Player;

static Player *players;
static uint64_t room_count, rate, start, begin, end;   // moments in ns, but for the first two
static uint64_t answered_in_window;
static uint32_t *latencies;   // us
static size_t latency_count, latency_room;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// MARK: WebSocket

/// Writes a masked text frame; its payload has at most 125 bytes.
static size_t frame(char *out, const char *text, size_t length) {
    static uint32_t mask = 0x9e3779b9;
    mask = mask * 1664525 + 1013904223;
    char key[4];
    memcpy(key, &mask, 4);
    if (length > 125) fail("a message is too long");
    out[0] = (char)0x81;
    out[1] = (char)(0x80 | length);
    memcpy(out + 2, key, 4);
    for (size_t i = 0; i < length; i++) out[6 + i] = text[i] ^ key[i & 3];
    return length + 6;
}

static void send_all(Player *player, const char *bytes, size_t length) {
    // A window of moves fits the socket's buffer many times over: what does not fit was never read by the server.
    if (length && send(player->fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) fail("send: %s", strerror(errno));
}

typedef void Handler(Player *, const char *text, size_t length, uint64_t at);

/// Reads once, and hands every whole message to the handler.
static void receive(Player *player, Handler *handle) {
    ssize_t got = recv(player->fd, player->inbox + player->held, INBOX_BYTES - player->held, 0);
    if (got <= 0) fail("the server closed a connection");
    uint64_t at = now();
    size_t length = player->held + (size_t)got, used = 0;
    while (length - used >= 2) {
        const unsigned char *head = (unsigned char *)player->inbox + used;
        size_t size = head[1], head_size = 2;
        if (size == 126) {
            if (length - used < 4) break;
            size = (size_t)head[2] << 8 | head[3];
            head_size = 4;
        }
        if (size > INBOX_BYTES - 4) fail("a message is too long");
        if (length - used < head_size + size) break;
        char *text = player->inbox + used + head_size;
        switch (head[0]) {
        case 0x81: handle(player, text, size, at); break;
        case 0x89: {
            char pong[8];
            if (size) fail("a ping says something");
            size_t pong_size = frame(pong, "", 0);
            pong[0] = (char)0x8a;
            send_all(player, pong, pong_size);
            break;
        }
        default: fail("frame %02x: %.*s", head[0], (int)(size > 2 ? size - 2 : 0), text + 2);
        }
        used += head_size + size;
    }
    player->held = length - used;
    memmove(player->inbox, player->inbox + used, player->held);
}

// MARK: Sitting down

static bool is_seated;

static void hear_join(Player *player, const char *text, size_t length, uint64_t at) {
    (void)player, (void)at;
    if (!memmem(text, length, "\"join_room_result\"", 18)) return;
    if (!memmem(text, length, "\"success\":true", 14)) fail("join: %.*s", (int)length, text);
    is_seated = true;
}

static void connect_player(Player *player, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    player->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (player->fd < 0 || connect(player->fd, (struct sockaddr *)&address, sizeof address))
        fail("connect: %s", strerror(errno));
    int one = 1;
    setsockopt(player->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char request[256];
    int length = snprintf(
        request, sizeof request,
        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", port);
    send_all(player, request, (size_t)length);
    // Byte by byte, so that nothing behind the head is taken with it.
    char head[1024];
    size_t size = 0;
    while (size < 4 || memcmp(head + size - 4, "\r\n\r\n", 4)) {
        if (size == sizeof head || recv(player->fd, head + size, 1, 0) != 1) fail("no answer to the upgrade");
        size++;
    }
    if (memcmp(head, "HTTP/1.1 101", 12)) fail("%.*s", (int)size, head);
    static const char join[] = "{\"type\":\"join_room\",\"id\":0,\"gameType\":\"counter\",\"data\":{\"create\":true}}";
    char out[MOVE_BYTES];
    send_all(player, out, frame(out, join, sizeof join - 1));
}

static void seat_players(int port) {
    players = calloc(room_count, sizeof *players);
    if (!players) fail("no memory");
    for (uint64_t i = 0; i < room_count; i++) connect_player(players + i, port);
    for (uint64_t i = 0; i < room_count; i++)
        for (is_seated = false; !is_seated;) receive(players + i, hear_join);
}

// MARK: Moving

/// When a player's next move is due.
static uint64_t due(const Player *player, uint64_t move) {
    if (!rate) return 0;
    return start + (uint64_t)((double)(move * room_count + (uint64_t)(player - players)) * 1e9 / (double)rate);
}

/// Sends what is due and fits the window, in one write.
static void move(Player *player, uint64_t at) {
    char out[WINDOW * MOVE_BYTES];
    size_t size = 0;
    while (player->sent - player->answered < WINDOW && at < end) {
        uint64_t moment = due(player, player->sent);
        if (moment > at || moment >= end) break;
        char text[MOVE_BYTES];
        int length = snprintf(
            text, sizeof text, "{\"type\":\"make_move\",\"id\":%lu,\"data\":{\"add\":1}}", player->sent);
        size += frame(out + size, text, (size_t)length);
        player->sent_at[player->sent % WINDOW] = rate ? moment : at;
        player->sent++;
    }
    send_all(player, out, size);
}

static uint64_t number_after(const char *key, const char *text, size_t length) {
    const char *found = memmem(text, length, key, strlen(key));
    if (!found) fail("no %s in %.*s", key, (int)length, text);
    uint64_t number = 0;
    for (found += strlen(key); found < text + length && *found >= '0' && *found <= '9'; found++)
        number = number * 10 + (uint64_t)(*found - '0');
    return number;
}

static void hear(Player *player, const char *text, size_t length, uint64_t at) {
    if (length > 20 && !memcmp(text, "{\"type\":\"game_state\"", 20)) {
        player->moves_shown = number_after("\"moves\":[", text, length);
        return;
    }
    if (!memmem(text, length, "\"make_move_result\"", 18)) fail("did not expect %.*s", (int)length, text);
    if (!memmem(text, length, "\"success\":true", 14)) fail("refused: %.*s", (int)length, text);
    if (memmem(text, length, "\"repeated\"", 10)) fail("repeated: %.*s", (int)length, text);
    uint64_t id = number_after("\"id\":", text, length), version = number_after("\"version\":", text, length);
    if (id != player->answered || id >= player->sent) fail("answer %lu where %lu was due", id, player->answered);
    if (version <= player->version) fail("a version went back");
    // A state comes before the answer that speaks of it.
    if (player->moves_shown <= id) fail("move %lu is answered and not shown", id);
    player->version = version;
    uint64_t from = player->sent_at[id % WINDOW];
    player->answered++;
    if (at >= begin && at < end) answered_in_window++;
    if (from >= begin && from < end) {
        if (latency_count == latency_room) {
            latency_room = latency_room * 2 + 65536;
            latencies = realloc(latencies, latency_room * sizeof *latencies);
            if (!latencies) fail("no memory");
        }
        latencies[latency_count++] = (uint32_t)((at - from) / 1000);
    }
}

/// Sends due moves in their order, from the one that was due first. Returns how long nothing more is due, in ns.
static int64_t move_all_due(void) {
    static uint64_t next;   // the number of the next move of all
    for (;;) {
        Player *player = players + next % room_count;
        uint64_t at = now(), moment = due(player, next / room_count);
        if (moment >= end) return (int64_t)1e8;
        if (moment > at) return (int64_t)(moment - at);
        move(player, at);   // if its window is full, it goes when an answer comes
        next++;
    }
}

static uint64_t unanswered(void) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < room_count; i++) sum += players[i].sent - players[i].answered;
    return sum;
}

/// How many moves were due and never let out before the end: the server did not keep up.
static uint64_t never_sent(void) {
    uint64_t sum = 0;
    for (uint64_t i = 0; rate && i < room_count; i++)
        for (uint64_t n = players[i].sent; due(players + i, n) < end; n++) sum++;
    return sum;
}

static void serve(void) {
    int poll = epoll_create1(0);
    for (uint64_t i = 0; i < room_count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = players + i};
        if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, players[i].fd, &event)) fail("epoll: %s", strerror(errno));
    }
    if (!rate)
        for (uint64_t i = 0; i < room_count; i++) move(players + i, now());
    bool is_measuring = false, is_over = false;
    for (;;) {
        int64_t wait = rate && !is_over ? move_all_due() : (int64_t)1e7;
        struct timespec time = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
        struct epoll_event events[256];
        int count = epoll_pwait2(poll, events, 256, &time, NULL);
        if (count < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
        for (int i = 0; i < count; i++) {
            Player *player = events[i].data.ptr;
            receive(player, hear);
            move(player, now());
        }
        uint64_t at = now();
        if (!is_measuring && at >= begin) { is_measuring = true; puts("measuring"); fflush(stdout); }
        if (!is_over && at >= end) { is_over = true; puts("measured"); fflush(stdout); }
        if (is_over && unanswered() == 0) return;
        if (at > end + (uint64_t)DRAIN_SECONDS * 1000000000) fail("%lu moves were not answered", unanswered());
    }
}

// MARK: Result

static int ascending(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static uint32_t quantile(double part) {
    return latency_count ? latencies[(size_t)(part * (double)(latency_count - 1))] : 0;
}

int main(int count, char **arguments) {
    if (count != 6) fail("usage: load PORT ROOMS RATE WARM MEASURED");
    room_count = strtoull(arguments[2], NULL, 10);
    rate = strtoull(arguments[3], NULL, 10);
    double warm = atof(arguments[4]), measured = atof(arguments[5]);
    seat_players(atoi(arguments[1]));
    start = now();
    begin = start + (uint64_t)(warm * 1e9);
    end = begin + (uint64_t)(measured * 1e9);
    serve();
    uint64_t moves = 0;
    for (uint64_t i = 0; i < room_count; i++) {
        if (players[i].moves_shown != players[i].sent)
            fail("%lu moves were sent and %lu are shown", players[i].sent, players[i].moves_shown);
        moves += players[i].sent;
    }
    qsort(latencies, latency_count, sizeof *latencies, ascending);
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    printf(
        "{\"moves\":%lu,\"perSecond\":%.0f,\"neverSent\":%lu,\"p50\":%u,\"p99\":%u,\"max\":%u,\"cpuSeconds\":%.2f}\n", moves,
        (double)answered_in_window / measured, never_sent(), quantile(0.5), quantile(0.99), quantile(1),
        (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9);
}
