// What the parts of the floor share: what is asked of it, and what its server did.
#ifndef FLOOR_H
#define FLOOR_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    // Parlor's own buffers (Limits.sendBufferBytes, Limits.receiveBufferBytes).
    SEND_BUFFER_BYTES = 64 * 1024,
    RECEIVE_BUFFER_BYTES = 32 * 1024,
    READ_BYTES = 64 * 1024,     // at a time, of one socket
    MESSAGE_BYTES = 16 * 1024,  // the largest message of the protocol, and what a burst may have
    PATTERN_PERIOD = 251,       // a prime, so that a stream which lost or doubled a message does not fit
    PHASES = 8,                 // of the timer, as Parlor has them
};

static const uint64_t second = 1000000000;

typedef struct {
    uint64_t connections, group;   // the connections are in groups of so many
    double rate;                   // messages a second of all connections together
    uint64_t burst;                // of them so many at one moment, from one connection
    uint64_t in, answer, state;    // bytes: of a message, of what its sender is owed, of what each of its group is owed
    double hz;                     // above 0: a group is owed a state so often a second, and not for messages
    uint64_t warm_up, seconds;
} Plan;

/// What the server has done since it began. It writes them after each pass; the driver, another process, reads them.
typedef struct {
    _Atomic uint64_t messages, answers, states, bytes, reads, writes, wakeups;
} Counts;

// plan.c
/// Ends the process with 64 when the arguments make no sense.
Plan read_plan(int count, char **arguments);

// process.c
_Noreturn void fail(const char *format, ...);
uint64_t now(void);
void pin(int core);
double cpu_seconds(pid_t process);
uint64_t resident_bytes(pid_t process);
/// Bytes that both sides know: the stream of every connection to the driver is this, from its beginning, for ever.
const unsigned char *pattern(void);

// server.c
/// Accepts the connections and serves them until all have ended.
void serve(const Plan *plan, int listener, Counts *counts);

// driver.c
/// Connects, sends and counts; prints one line of JSON. Fails when any byte is missing, or one too many.
void drive(const Plan *plan, int port, pid_t server, const Counts *counts);

#endif
