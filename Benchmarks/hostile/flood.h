// What the parts of the generator share: connections of many kinds, in loads of one kind each.
#ifndef FLOOD_H
#define FLOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    INBOX_BYTES = 8 * 1024,   // longer messages are passed over: nobody here reads a list of rooms
    ADDRESSES = 200,          // of each kind, so that no bound of an address is met
};

static const uint64_t second = 1000000000;

typedef enum { CLOSED, CONNECTING, UPGRADING, SEATING, READY, SPENT } State;
// What a connection of a kind has before it acts.
typedef enum { ONCE_CONNECTED, ONCE_WELCOMED, ONCE_SEATED } Ready;

typedef struct Connection Connection;
typedef struct Load Load;

typedef struct {
    const char *name;
    Ready ready;
    bool is_last;             // it is the last that such a connection does: the server ends it, or the act itself
    void (*act)(Connection *);
} Kind;

/// Two connections, an even one and the one behind it, that play with each other. Moments in ns.
typedef struct {
    uint64_t due, interval, sent_due;
    int64_t version;
    char room[32];            // empty until the first of them has made it
    int turn, square;
    bool is_playing, awaits_answer;
} Pair;

struct Connection {
    int fd;                   // -1 while it is closed
    State state;
    Load *load;
    uint64_t again;           // when to connect, while it is closed
    bool has_voted, has_joined;
    size_t held, skip;        // bytes of a message that has not come whole; of one that is passed over
    char inbox[INBOX_BYTES];
};

struct Load {
    const Kind *kind;
    size_t count, next;
    Connection *connections;
    uint64_t rate, interval, due;
    uint64_t sent, messages, opened, starved;   // while it is measured; starved: nobody was ready
    uint32_t network, next_address;
    Pair *pairs;              // of honest players alone
};

/// Set while it is measured, and the moments between which moves are due that count.
extern bool is_measuring;
extern uint64_t begin, end;

// flood.c
_Noreturn void fail(const char *format, ...);
uint64_t now(void);

// connection.c
void use_loop(int loop, int to_port);
bool is_honest(const Connection *connection);
void connect_again(Connection *connection);
void connected(Connection *connection);
void hear(Connection *connection);
void end_connection(Connection *connection);
void send_bytes(Connection *connection, const void *bytes, size_t length);
void send_frame(Connection *connection, int opcode, const char *text, size_t length);
void say(Connection *connection, const char *format, ...);
const char *upgrade_request(void);
uint32_t random_word(void);

// kinds.c
const Kind *kind_named(const char *name);

// honest.c
void take_seat(Connection *connection);
void hear_seat(Connection *connection, const char *text);
void hear_honest(Connection *connection, const char *text);
void play(Load *load, uint64_t time);
/// What was due and is not answered by now, or was never let out, was late by all the time since.
void note_unanswered(Load *load);
uint32_t quantile(double part);
size_t move_count(void);

#endif
