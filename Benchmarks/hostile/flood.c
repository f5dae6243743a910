// Honest pairs at tic-tac-toe and hostile clients of many kinds, over WebSockets: one thread, epoll, loopback only.
//
//   flood PORT WARM MEASURED KIND:CONNECTIONS:RATE...
//
// RATE is acts a second of all connections of a kind, each due at its own moment, whether the server keeps up or not;
// 0: connections that are made and then do nothing. Of the kind `honest` CONNECTIONS are players and RATE their moves; a
// move's latency counts from when it was due. A hostile connection that is ended is made again, from the next address.
// WARM and MEASURED are seconds. Prints `measuring`, `measured` and one line of JSON; exit code 1 if an honest player
// was refused anything or cut off.
#define _GNU_SOURCE
#include "flood.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum {
    MOST_LOADS = 32,
    MOST_SEATING = 60,   // seconds until everybody is where they act from
};

bool is_measuring;
uint64_t begin, end;

static Load loads[MOST_LOADS];
static size_t load_count;
static int loop_fd;

_Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("flood: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
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
    load->kind = kind_named(name);
    load->network = (uint32_t)(20 + load_count);
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

static void report(void) {
    for (Load *load = loads; load < loads + load_count; load++)
        if (load->pairs) note_unanswered(load);
    printf("{\"moves\":%zu,\"p50\":%u,\"p99\":%u,\"max\":%u,\"loads\":[", move_count(), quantile(0.5), quantile(0.99),
           quantile(1));
    for (Load *load = loads; load < loads + load_count; load++) {
        size_t open = 0;
        for (size_t i = 0; i < load->count; i++) open += load->connections[i].state > UPGRADING;
        printf("%s{\"kind\":\"%s\",\"sent\":%lu,\"messages\":%lu,\"opened\":%lu,\"starved\":%lu,\"open\":%zu}",
               load == loads ? "" : ",", load->kind->name, load->sent, load->messages, load->opened, load->starved,
               open);
    }
    puts("]}");
}

static bool all_are_ready(void) {
    for (Load *load = loads; load < loads + load_count; load++)
        for (size_t i = 0; i < load->count; i++)
            if (load->connections[i].state != READY) return false;
    return true;
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
    loop_fd = epoll_create1(0);
    use_loop(loop_fd, atoi(arguments[1]));
    for (int i = 4; i < count; i++) add_load(arguments[i]);
    // All of them sit before anybody moves.
    for (Load *load = loads; load < loads + load_count; load++) load->due = UINT64_MAX;
    for (size_t i = 0; i < load_count; i++)
        for (size_t j = 0; loads[i].pairs && j < loads[i].count / 2; j++) loads[i].pairs[j].due = UINT64_MAX;
    uint64_t latest = now() + MOST_SEATING * second;
    while (!all_are_ready()) {
        if (now() > latest) fail("not everybody was let in");
        run_until(now() + second / 10);
    }
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
