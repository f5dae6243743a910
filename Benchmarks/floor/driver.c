// The driver: connects, sends when messages are due, and holds what comes back against what must come.
#define _GNU_SOURCE
#include "floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MOST_EVENTS = 1024,      // of one pass
    DRAIN_SECONDS = 10,      // for what is owed at the end
    BURSTS_IN_A_ROW = 64,    // when it is late: then it reads again
};

static const uint64_t late = 10 * 1000 * 1000;

typedef struct {
    int fd;
    uint64_t received;
} Connection;

/// What had happened at a moment: the difference of two is what is reported.
typedef struct {
    uint64_t messages, answers, states, bytes, reads, writes, wakeups;   // the server's
    uint64_t sent, late;
    double cpu_seconds;
} Mark;

static struct {
    const Plan *plan;
    int epoll;
    Connection *connections;
    uint64_t start, bursts, sent, late, received;
    size_t open_count;
} driver;

// MARK: Connections

static void connect_all(int port) {
    const Plan *plan = driver.plan;
    driver.epoll = epoll_create1(0);
    driver.connections = calloc(plan->connections, sizeof *driver.connections);
    if (driver.epoll < 0 || !driver.connections) fail("no memory for %lu connections", plan->connections);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (; driver.open_count < plan->connections; driver.open_count++) {
        int yes = 1;
        Connection *connection = &driver.connections[driver.open_count];
        connection->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&to, sizeof to) != 0)
            fail("connection %zu: %s", driver.open_count, strerror(errno));
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(driver.epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0) fail("epoll: %s", strerror(errno));
    }
}

static void hear(Connection *connection) {
    static unsigned char bytes[READ_BYTES];
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) fail("reading: %s", strerror(errno));
    if (memcmp(bytes, pattern() + connection->received % PATTERN_PERIOD, (size_t)count) != 0)
        fail("other bytes came than were owed");
    connection->received += (uint64_t)count;
    driver.received += (uint64_t)count;
    if (count > 0) return;
    close(connection->fd);
    driver.open_count--;
}

static void hear_until(uint64_t moment) {
    struct epoll_event events[MOST_EVENTS];
    uint64_t time = now(), left = moment > time ? moment - time : 0;
    struct timespec wait = {.tv_sec = (time_t)(left / second), .tv_nsec = (long)(left % second)};
    int count = epoll_pwait2(driver.epoll, events, MOST_EVENTS, &wait, NULL);
    for (int i = 0; i < count; i++) hear(events[i].data.ptr);
}

// MARK: Messages

/// In turn: one of each group, then the next of each.
static Connection *sender(uint64_t burst) {
    const Plan *plan = driver.plan;
    uint64_t groups = plan->connections / plan->group, member = burst / groups % plan->group;
    return &driver.connections[burst % groups * plan->group + member];
}

static uint64_t due(void) {
    const Plan *plan = driver.plan;
    if (plan->rate == 0) return UINT64_MAX;
    return driver.start + (uint64_t)((double)driver.bursts * (double)plan->burst / plan->rate * (double)second);
}

static void send_burst(void) {
    static const char bytes[MESSAGE_BYTES];
    const Plan *plan = driver.plan;
    if (now() > due() + late) driver.late += plan->burst;
    size_t length = plan->in * plan->burst;
    ssize_t count = send(sender(driver.bursts)->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count != (ssize_t)length) fail("the server does not read, or reads too slowly: %s", strerror(errno));
    driver.sent += plan->burst;
    driver.bursts++;
}

static void run_until(uint64_t end) {
    while (now() < end) {
        for (int i = 0; i < BURSTS_IN_A_ROW && due() <= now(); i++) send_burst();
        hear_until(due() < end ? due() : end);
    }
}

// MARK: The end

static Mark mark(pid_t process, const Counts *counts) {
    Mark mark = {.sent = driver.sent, .late = driver.late, .cpu_seconds = cpu_seconds(process)};
#define READ(name) mark.name = atomic_load_explicit(&counts->name, memory_order_relaxed)
    READ(messages);
    READ(answers);
    READ(states);
    READ(bytes);
    READ(reads);
    READ(writes);
    READ(wakeups);
    return mark;
}

/// Says that nothing more comes, hears what is still owed, and counts it all up.
static void settle(pid_t process, const Counts *counts) {
    const Plan *plan = driver.plan;
    for (size_t i = 0; i < plan->connections; i++) shutdown(driver.connections[i].fd, SHUT_WR);
    for (uint64_t end = now() + DRAIN_SECONDS * second; driver.open_count && now() < end;) hear_until(end);
    if (driver.open_count) fail("%zu connections were not ended by the server", driver.open_count);
    Mark all = mark(process, counts);
    uint64_t answers = plan->answer ? driver.sent : 0, states = plan->hz > 0 ? all.states : driver.sent * plan->group;
    if (!plan->state) states = 0;
    if (all.messages != driver.sent) fail("%lu messages were sent and %lu read", driver.sent, all.messages);
    if (all.answers != answers || all.states != states)
        fail("%lu answers and %lu states were owed, not %lu and %lu", all.answers, all.states, answers, states);
    uint64_t owed = answers * plan->answer + states * plan->state;
    if (driver.received != owed || all.bytes != owed)
        fail("%lu bytes were owed, %lu written and %lu read", owed, all.bytes, driver.received);
}

static void report(Mark from, Mark to, uint64_t resident) {
    const Plan *plan = driver.plan;
    printf("{\"connections\":%lu,\"group\":%lu,\"seconds\":%lu,\"messages\":%lu,\"answers\":%lu,\"states\":%lu,"
           "\"deliveries\":%lu,\"bytes\":%lu,\"reads\":%lu,\"writes\":%lu,\"wakeups\":%lu,\"sent\":%lu,\"late\":%lu,"
           "\"cpuSeconds\":%.6f,\"resident\":%lu}\n",
           plan->connections, plan->group, plan->seconds, to.messages - from.messages, to.answers - from.answers,
           to.states - from.states, to.answers - from.answers + to.states - from.states, to.bytes - from.bytes,
           to.reads - from.reads, to.writes - from.writes, to.wakeups - from.wakeups, to.sent - from.sent,
           to.late - from.late, to.cpu_seconds - from.cpu_seconds, resident);
}

void drive(const Plan *plan, int port, pid_t server, const Counts *counts) {
    driver.plan = plan;
    prctl(PR_SET_TIMERSLACK, 1);
    connect_all(port);
    driver.start = now();
    uint64_t begin = driver.start + plan->warm_up * second;
    run_until(begin);
    Mark from = mark(server, counts);
    run_until(begin + plan->seconds * second);
    Mark to = mark(server, counts);
    uint64_t resident = resident_bytes(server);
    settle(server, counts);
    report(from, to, resident);
}
