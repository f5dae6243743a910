// Honest pairs at tic-tac-toe and hostile clients of many kinds, over WebSockets: one thread, epoll, loopback only.
//
//   flood PORT WARM MEASURED KIND:CONNECTIONS:RATE...
//
// RATE is messages a second of all connections of a kind, each due at its own moment, whether the server keeps up or not;
// 0: connections that are made and then do nothing. Of the kind `honest` CONNECTIONS are players, RATE their moves, and a
// move's latency counts from when it was due. A hostile connection that is ended is made again, from the next address.
// WARM and MEASURED are seconds. Prints `measuring`, `measured` and one line of JSON; exit code 1 if an honest player was
// refused anything or cut off.
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    INBOX_BYTES = 8 * 1024,   // longer messages are passed over: nobody here reads a list of rooms
    ADDRESSES = 200,          // of each kind, so that no bound of an address is met
    MOST_LOADS = 32,
    LATENCIES = 1 << 22,
};

static const uint64_t second = 1000000000, pause_ns = 20000000;

typedef enum { CLOSED, CONNECTING, UPGRADING, SEATING, READY, SPENT } State;
// When a connection of a kind is ready to be hostile, and whether that was the last of it.
typedef enum { ONCE_CONNECTED, ONCE_WELCOMED, ONCE_SEATED } Ready;

typedef struct Connection Connection;
typedef struct Load Load;

typedef struct {
    const char *name;
    Ready ready;
    bool is_last;                     // the server ends the connection, or the act itself does
    void (*act)(Connection *);
} Kind;

/// Two connections, the even one and the one behind it, are a pair.
typedef struct {
    uint64_t due, interval, sent_due;
    int64_t version;
    int turn, square;
    bool is_playing, awaits_answer;
} Pair;

struct Connection {
    int fd;
    State state;
    Load *load;
    uint64_t again;                   // when to connect, while it is closed
    bool has_voted, has_joined;
    size_t held, skip;                // bytes of a message that has not come whole; of one that is passed over
    char inbox[INBOX_BYTES];
};

struct Load {
    const Kind *kind;
    size_t count, next;
    Connection *connections;
    uint64_t rate, interval, due;
    uint64_t sent, messages, opened, starved;
    uint32_t next_address;
    Pair *pairs;
};

static Load loads[MOST_LOADS];
static size_t load_count;
static int loop_fd, port;
static uint64_t begin, end;
static bool is_measuring;
static uint32_t *latencies;           // us
static size_t latency_count;
static uint32_t noise = 0x9e3779b9;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("flood: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
}

static uint32_t random_word(void) { return noise = noise * 1664525 + 1013904223; }

// MARK: Connections

static bool is_honest(const Connection *connection) { return connection->load->pairs != NULL; }

static void end_connection(Connection *connection) {
    if (is_honest(connection)) fail("an honest player was cut off");
    if (connection->fd >= 0) close(connection->fd);
    connection->fd = -1;
    connection->state = CLOSED;
    connection->again = now() + pause_ns;
}

static void connect_again(Connection *connection) {
    Load *load = connection->load;
    uint32_t address = load->next_address++ % ADDRESSES;
    struct sockaddr_in from = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(0x7f000000 | (uint32_t)(20 + (load - loads)) << 16 | 1 << 8 | (1 + address)),
    };
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0) fail("socket: %s", strerror(errno));
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // The port is chosen together with where it goes to: one address has as many for each.
    setsockopt(connection->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(connection->fd, (struct sockaddr *)&from, sizeof from) != 0) fail("bind: %s", strerror(errno));
    if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
        fail("connect: %s", strerror(errno));
    connection->state = CONNECTING;
    connection->held = connection->skip = 0;
    connection->has_voted = connection->has_joined = false;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
    if (epoll_ctl(loop_fd, EPOLL_CTL_ADD, connection->fd, &event) != 0) fail("epoll: %s", strerror(errno));
    if (is_measuring) load->opened++;
}

/// What does not fit the socket's buffer is not sent: the server does not read.
static void send_bytes(Connection *connection, const void *bytes, size_t length) {
    ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL);
    if (sent == (ssize_t)length) return;
    if (is_honest(connection)) fail("an honest player is not read: %s", strerror(errno));
    // Half a frame would make the next one garbage.
    end_connection(connection);
}

/// A masked frame; its payload has at most 65,535 bytes.
static void send_frame(Connection *connection, int opcode, const char *text, size_t length) {
    char frame[4096];
    uint32_t mask = random_word();
    char key[4];
    memcpy(key, &mask, 4);
    size_t at = 0;
    frame[at++] = (char)(0x80 | opcode);
    if (length < 126) {
        frame[at++] = (char)(0x80 | length);
    } else {
        frame[at++] = (char)(0x80 | 126);
        frame[at++] = (char)(length >> 8);
        frame[at++] = (char)length;
    }
    if (at + 4 + length > sizeof frame) fail("a message is too long");
    memcpy(frame + at, key, 4);
    at += 4;
    for (size_t i = 0; i < length; i++) frame[at + i] = text[i] ^ key[i & 3];
    send_bytes(connection, frame, at + length);
    if (is_measuring) connection->load->messages++;
}

static void say(Connection *connection, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    send_frame(connection, 1, text, (size_t)length);
}

static const char *request_head(void) {
    static char text[512];
    snprintf(text, sizeof text,
             "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", port);
    return text;
}

// MARK: Kinds

static void garbage(Connection *connection) {
    uint32_t bytes[256];
    for (size_t i = 0; i < 256; i++) bytes[i] = random_word();
    send_bytes(connection, bytes, sizeof bytes);
}

static void oversize(Connection *connection) {
    send_bytes(connection, "\x81\xff\0\0\0\0\1\0\0\1abcd", 14);
}

static void half_handshake(Connection *connection) { send_bytes(connection, request_head(), 60); }
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
    say(connection, "{\"type\":\"reconnect\",\"data\":{\"clientId\":\"%08x%08xAAAAAA\"}}", random_word(), random_word());
}

static void join_or_leave(Connection *connection) {
    connection->has_joined = !connection->has_joined;
    say(connection, connection->has_joined ? "{\"type\":\"join_room\",\"gameType\":\"tictactoe\"}" : "{\"type\":\"leave_room\"}");
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

// MARK: Honest players

static size_t index_of(const Connection *connection) { return (size_t)(connection - connection->load->connections); }
static Pair *pair_of(Connection *connection) { return &connection->load->pairs[index_of(connection) / 2]; }

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

static void honest_message(Connection *connection, const char *text) {
    Pair *pair = pair_of(connection);
    if (strstr(text, "\"error\"")) fail("an honest player was refused: %s", text);
    if (strncmp(text, "{\"type\":\"game_state\"", 20) == 0) {
        honest_state(connection, text);
    } else if (strncmp(text, "{\"type\":\"make_move_result\"", 26) == 0) {
        pair->awaits_answer = false;
        if (pair->sent_due >= begin && pair->sent_due < end && latency_count < LATENCIES)
            latencies[latency_count++] = (uint32_t)((now() - pair->sent_due) / 1000);
    }
}

static void play(Load *load, uint64_t time) {
    for (size_t i = 0; i < load->count / 2; i++) {
        Pair *pair = &load->pairs[i];
        if (pair->due > time || !pair->is_playing || pair->awaits_answer || pair->square < 0 || pair->turn < 0) continue;
        pair->sent_due = pair->due;
        pair->due += pair->interval;
        pair->awaits_answer = true;
        say(&load->connections[i * 2 + (size_t)pair->turn], "{\"type\":\"make_move\",\"id\":%lld,\"data\":{\"row\":%d,\"col\":%d}}",
            (long long)pair->version, pair->square / 3, pair->square % 3);
        pair->square = -1;
        if (is_measuring) load->sent++;
    }
}

// MARK: Hearing

static void take_seat(Connection *connection) {
    // The second of a pair waits for the first one's room.
    if (!is_honest(connection) || index_of(connection) % 2 == 0)
        say(connection, "{\"type\":\"join_room\",\"gameType\":\"tictactoe\",\"data\":{\"create\":true}}");
    connection->state = SEATING;
}

static void seated(Connection *connection, const char *text) {
    if (!strstr(text, "\"success\":true")) return end_connection(connection);
    connection->state = READY;
    if (!is_honest(connection) || index_of(connection) % 2) return;
    const char *room = strstr(text, "\"roomId\":\"");
    if (!room) fail("no room: %s", text);
    say(connection + 1, "{\"type\":\"join_room\",\"roomId\":\"%.*s\"}", (int)strcspn(room + 10, "\""), room + 10);
}

static void hear_text(Connection *connection, char *text, size_t length) {
    char last = text[length];
    text[length] = 0;
    if (strncmp(text, "{\"type\":\"welcome\"", 17) == 0) {
        if (connection->load->kind->ready == ONCE_SEATED) take_seat(connection); else connection->state = READY;
    } else if (connection->state == SEATING && strncmp(text, "{\"type\":\"join_room_result\"", 26) == 0) {
        seated(connection, text);
    } else if (is_honest(connection)) {
        honest_message(connection, text);
    }
    text[length] = last;
}

/// Takes whole frames out of the inbox; returns false when the connection has ended.
static bool hear_frames(Connection *connection) {
    size_t at = 0;
    while (connection->held - at >= 2) {
        uint8_t *head = (uint8_t *)connection->inbox + at;
        size_t length = head[1] & 127, header = length == 126 ? 4 : length == 127 ? 10 : 2;
        if (connection->held - at < header) break;
        if (length == 126) length = (size_t)head[2] << 8 | head[3];
        else if (length == 127) length = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 | head[9];
        int opcode = head[0] & 15;
        if (opcode == 8) {
            end_connection(connection);
            return false;
        }
        if (header + length >= INBOX_BYTES) {
            size_t here = connection->held - at;
            connection->skip = header + length > here ? header + length - here : 0;
            at = connection->held - (here > header + length ? here - header - length : 0);
            continue;
        }
        if (connection->held - at < header + length) break;
        if (opcode == 1) hear_text(connection, connection->inbox + at + header, length);
        else if (opcode == 9) send_frame(connection, 10, connection->inbox + at + header, length);
        if (connection->fd < 0) return false;
        at += header + length;
    }
    memmove(connection->inbox, connection->inbox + at, connection->held - at);
    connection->held -= at;
    return true;
}

static void hear(Connection *connection) {
    // One byte stays free for the end of a text.
    ssize_t count = recv(connection->fd, connection->inbox + connection->held, INBOX_BYTES - 1 - connection->held, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return end_connection(connection);
    if (connection->state == READY && connection->load->kind->ready == ONCE_CONNECTED) return;
    if (connection->skip) {
        size_t skipped = connection->skip < (size_t)count ? connection->skip : (size_t)count;
        connection->skip -= skipped;
        memmove(connection->inbox, connection->inbox + skipped, (size_t)count - skipped);
        count -= (ssize_t)skipped;
    }
    connection->held += (size_t)count;
    if (connection->state == UPGRADING) {
        char *body = memmem(connection->inbox, connection->held, "\r\n\r\n", 4);
        if (!body) return;
        if (strncmp(connection->inbox, "HTTP/1.1 101", 12) != 0) return end_connection(connection);
        size_t head = (size_t)(body + 4 - connection->inbox);
        memmove(connection->inbox, body + 4, connection->held -= head);
        connection->state = SEATING;
    }
    hear_frames(connection);
}

static void connected(Connection *connection) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(loop_fd, EPOLL_CTL_MOD, connection->fd, &event);
    if (connection->load->kind->ready == ONCE_CONNECTED) {
        connection->state = READY;
    } else {
        connection->state = UPGRADING;
        send_bytes(connection, request_head(), strlen(request_head()));
    }
}

// MARK: Being hostile

static void behave(Load *load, uint64_t time) {
    while (load->due <= time) {
        load->due += load->interval;
        size_t tried = 0;
        while (tried < load->count && load->connections[load->next].state != READY) {
            load->next = (load->next + 1) % load->count;
            tried++;
        }
        if (tried == load->count) {
            if (is_measuring) load->starved++;
            continue;
        }
        Connection *connection = &load->connections[load->next];
        load->next = (load->next + 1) % load->count;
        // The act itself may end the connection.
        if (load->kind->is_last) connection->state = SPENT;
        load->kind->act(connection);
        if (is_measuring) load->sent++;
    }
}

static uint64_t step(uint64_t time) {
    uint64_t next = time + 10000000;
    for (Load *load = loads; load < loads + load_count; load++) {
        if (load->pairs) {
            play(load, time);
            for (size_t i = 0; i < load->count / 2; i++)
                if (load->pairs[i].due > time && load->pairs[i].due < next) next = load->pairs[i].due;
        } else if (load->rate) {
            behave(load, time);
            if (load->due < next) next = load->due;
        }
    }
    return next;
}

static void reopen(uint64_t time) {
    for (Load *load = loads; load < loads + load_count; load++)
        for (size_t i = 0; i < load->count; i++)
            if (load->connections[i].state == CLOSED && load->connections[i].again <= time)
                connect_again(&load->connections[i]);
}

static void run_until(uint64_t stop) {
    static uint64_t reopens;
    for (uint64_t time = now(); time < stop; time = now()) {
        if (time >= reopens) {
            reopen(time);
            reopens = time + second / 100;
        }
        uint64_t next = step(time);
        struct timespec wait = {.tv_nsec = next > now() ? (long)(next - now()) : 0};
        struct epoll_event events[256];
        int count = epoll_pwait2(loop_fd, events, 256, &wait, NULL);
        for (int i = 0; i < count; i++) {
            Connection *connection = events[i].data.ptr;
            if (connection->fd < 0) continue;
            if (connection->state == CONNECTING && events[i].events & EPOLLOUT) connected(connection);
            else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) hear(connection);
        }
    }
}

// MARK: Start and end

static void add_load(const char *text) {
    char name[32];
    unsigned long count, rate;
    if (sscanf(text, "%31[^:]:%lu:%lu", name, &count, &rate) != 3 || load_count == MOST_LOADS || !count)
        fail("this is no KIND:CONNECTIONS:RATE: %s", text);
    Load *load = &loads[load_count++];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0) load->kind = &kinds[i];
    if (!load->kind) fail("there is no kind %s", name);
    load->count = count;
    load->rate = rate;
    load->interval = rate ? second / rate : 0;
    load->connections = calloc(count, sizeof(Connection));
    for (size_t i = 0; i < count; i++) {
        load->connections[i].load = load;
        load->connections[i].fd = -1;
        // A thousand a second, so that nobody waits in the listener's queue.
        load->connections[i].again = now() + i * second / 1000;
    }
    if (load->kind->act) return;
    load->pairs = calloc(count / 2, sizeof(Pair));
}

static void set_off(uint64_t time) {
    for (Load *load = loads; load < loads + load_count; load++) {
        load->due = time;
        for (size_t i = 0; load->pairs && i < load->count / 2; i++) {
            load->pairs[i].interval = second * (load->count / 2) / load->rate;
            load->pairs[i].due = time + load->pairs[i].interval * i / (load->count / 2);
        }
    }
}

static int by_size(const void *a, const void *b) {
    return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

static uint32_t quantile(double part) {
    return latency_count ? latencies[(size_t)((double)(latency_count - 1) * part)] : 0;
}

static void report(void) {
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    printf("{\"moves\":%zu,\"p50\":%u,\"p99\":%u,\"max\":%u,\"loads\":[", latency_count, quantile(0.5), quantile(0.99),
           quantile(1));
    for (Load *load = loads; load < loads + load_count; load++) {
        size_t open = 0;
        for (size_t i = 0; i < load->count; i++) open += load->connections[i].state > UPGRADING;
        printf("%s{\"kind\":\"%s\",\"sent\":%lu,\"messages\":%lu,\"opened\":%lu,\"starved\":%lu,\"open\":%zu}",
               load == loads ? "" : ",", load->kind->name, load->sent, load->messages, load->opened, load->starved, open);
    }
    puts("]}");
}

static void mark(const char *word) {
    puts(word);
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count < 4) fail("usage: flood PORT WARM MEASURED KIND:CONNECTIONS:RATE...");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    port = atoi(arguments[1]);
    loop_fd = epoll_create1(0);
    latencies = malloc(LATENCIES * sizeof *latencies);
    size_t connections = 0;
    for (int i = 4; i < count; i++) {
        add_load(arguments[i]);
        connections += loads[load_count - 1].count;
    }
    // All of them sit before anybody moves.
    for (Load *load = loads; load < loads + load_count; load++) load->due = UINT64_MAX;
    for (size_t i = 0; i < load_count; i++)
        for (size_t j = 0; loads[i].pairs && j < loads[i].count / 2; j++) loads[i].pairs[j].due = UINT64_MAX;
    run_until(now() + second + connections * second / 1000);
    set_off(now());
    run_until(now() + strtoul(arguments[2], NULL, 10) * second);
    begin = now();
    end = begin + strtoul(arguments[3], NULL, 10) * second;
    is_measuring = true;
    mark("measuring");
    run_until(end);
    is_measuring = false;
    mark("measured");
    // For the answers to what was due in the last moment.
    run_until(now() + 2 * second);
    report();
    return 0;
}
