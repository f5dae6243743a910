// The server: reads, counts what it owes to whom, and writes once to each socket that is owed anything.
#define _GNU_SOURCE
#include "floor.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_EVENTS = 1024 };   // of one pass

typedef struct {
    int fd;
    bool is_blocked, has_ended;   // it takes no more for now; it sends no more at all
    uint32_t group;
    uint32_t unread;              // bytes of a message that has not come whole
    uint64_t owed, written;
} Socket;

/// One server to a process. `owing` are the sockets that are owed something and can take it.
static struct {
    const Plan *plan;
    int epoll;
    Socket *sockets, **owing;
    size_t owing_count, open_count;
    uint64_t begin, phases_done;
    uint64_t messages, answers, states, bytes, reads, writes, wakeups;
} server;

static void want(const Socket *socket) {
    struct epoll_event event = {.data.ptr = (void *)socket};
    event.events = (socket->has_ended ? 0 : EPOLLIN) | (socket->is_blocked ? EPOLLOUT : 0);
    if (epoll_ctl(server.epoll, EPOLL_CTL_MOD, socket->fd, &event) != 0) fail("epoll: %s", strerror(errno));
}

// MARK: Owing

static void owe(Socket *socket, uint64_t bytes) {
    if (!socket->owed && bytes) server.owing[server.owing_count++] = socket;
    socket->owed += bytes;
}

static void owe_state(uint32_t group) {
    const Plan *plan = server.plan;
    Socket *first = server.sockets + group * plan->group;
    for (Socket *socket = first; socket < first + plan->group; socket++) owe(socket, plan->state);
    server.states += plan->group;
}

static double phase_time(void) { return (double)second / (server.plan->hz * PHASES); }

/// Groups are spread over phases, so that not all are owed their state at one moment.
static void owe_what_is_due(void) {
    const Plan *plan = server.plan;
    uint64_t due = (uint64_t)((double)(now() - server.begin) / phase_time());
    for (; server.phases_done < due; server.phases_done++)
        for (uint64_t group = server.phases_done % PHASES; group < plan->connections / plan->group; group += PHASES)
            owe_state((uint32_t)group);
}

static void pay(Socket *socket) {
    while (socket->owed) {
        size_t count = socket->owed < READ_BYTES ? socket->owed : READ_BYTES;
        ssize_t sent = send(socket->fd, pattern() + socket->written % PATTERN_PERIOD, count, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) fail("writing: %s", strerror(errno));
        server.writes++;
        if (sent > 0) {
            socket->owed -= (uint64_t)sent;
            socket->written += (uint64_t)sent;
            server.bytes += (uint64_t)sent;
        }
        if (sent < (ssize_t)count) break;
    }
    if (socket->is_blocked == (socket->owed > 0)) return;
    socket->is_blocked = socket->owed > 0;
    want(socket);
}

// MARK: Reading

static void take(Socket *socket) {
    static char bytes[READ_BYTES];
    const Plan *plan = server.plan;
    ssize_t count = recv(socket->fd, bytes, sizeof bytes, 0);
    server.reads++;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) fail("reading: %s", strerror(errno));
    if (count == 0) {
        socket->has_ended = true;
        server.open_count--;
        return want(socket);
    }
    uint64_t held = socket->unread + (uint64_t)count;
    socket->unread = (uint32_t)(held % plan->in);
    for (uint64_t message = 0; message < held / plan->in; message++) {
        server.messages++;
        if (plan->answer) {
            owe(socket, plan->answer);
            server.answers++;
        }
        if (plan->state && plan->hz == 0) owe_state(socket->group);
    }
}

// MARK: Passes

static void publish(Counts *counts) {
#define PUBLISH(name) atomic_store_explicit(&counts->name, server.name, memory_order_relaxed)
    PUBLISH(messages);
    PUBLISH(answers);
    PUBLISH(states);
    PUBLISH(bytes);
    PUBLISH(reads);
    PUBLISH(writes);
    PUBLISH(wakeups);
}

static bool has_timer(void) { return server.plan->hz > 0 && server.open_count == server.plan->connections; }

static int wait_for_events(struct epoll_event *events) {
    if (!has_timer()) return epoll_wait(server.epoll, events, MOST_EVENTS, -1);
    uint64_t due = server.begin + (uint64_t)((double)(server.phases_done + 1) * phase_time()) + 1, time = now();
    uint64_t left = due > time ? due - time : 0;
    struct timespec wait = {.tv_sec = (time_t)(left / second), .tv_nsec = (long)(left % second)};
    return epoll_pwait2(server.epoll, events, MOST_EVENTS, &wait, NULL);
}

static void pass(Counts *counts) {
    static struct epoll_event events[MOST_EVENTS];
    int count = wait_for_events(events);
    if (count < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
    server.wakeups++;
    for (int i = 0; i < count; i++) {
        Socket *socket = events[i].data.ptr;
        if (events[i].events & EPOLLOUT) pay(socket);
        if (!socket->has_ended && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take(socket);
    }
    if (has_timer()) owe_what_is_due();
    for (size_t i = 0; i < server.owing_count; i++) pay(server.owing[i]);
    server.owing_count = 0;
    publish(counts);
}

static bool is_owing(void) {
    for (size_t i = 0; i < server.plan->connections; i++)
        if (server.sockets[i].owed) return true;
    return false;
}

static void let_in(int listener, size_t number) {
    int yes = 1, out = SEND_BUFFER_BYTES, in = RECEIVE_BUFFER_BYTES;
    Socket *socket = &server.sockets[number];
    socket->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (socket->fd < 0) fail("accepting connection %zu: %s", number, strerror(errno));
    socket->group = (uint32_t)(number / server.plan->group);
    setsockopt(socket->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(socket->fd, SOL_SOCKET, SO_SNDBUF, &out, sizeof out);
    setsockopt(socket->fd, SOL_SOCKET, SO_RCVBUF, &in, sizeof in);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = socket};
    if (epoll_ctl(server.epoll, EPOLL_CTL_ADD, socket->fd, &event) != 0) fail("epoll: %s", strerror(errno));
}

void serve(const Plan *plan, int listener, Counts *counts) {
    server.plan = plan;
    server.epoll = epoll_create1(0);
    server.sockets = calloc(plan->connections, sizeof *server.sockets);
    server.owing = calloc(plan->connections, sizeof *server.owing);
    if (server.epoll < 0 || !server.sockets || !server.owing) fail("no memory for %lu sockets", plan->connections);
    for (; server.open_count < plan->connections; server.open_count++) let_in(listener, server.open_count);
    server.begin = now();
    while (server.open_count || is_owing()) pass(counts);
}
