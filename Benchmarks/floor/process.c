// The clock, the cores, and what the system says of a process.
#define _GNU_SOURCE
#include "floor.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("floor: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
}

void pin(int core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET((size_t)core, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) != 0) fail("pinning to core %d: %s", core, strerror(errno));
}

static uint64_t read_number(const char *format, pid_t process, int place) {
    char path[64], text[256];
    snprintf(path, sizeof path, format, (int)process);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(text, sizeof text, file)) fail("%s cannot be read", path);
    fclose(file);
    char *at = text;
    for (int i = 0; i < place; i++) strtoull(at, &at, 10);
    return strtoull(at, NULL, 10);
}

/// The server has one thread: what its process has run is what that has.
double cpu_seconds(pid_t process) { return (double)read_number("/proc/%d/schedstat", process, 0) / (double)second; }

uint64_t resident_bytes(pid_t process) {
    return read_number("/proc/%d/statm", process, 1) * (uint64_t)sysconf(_SC_PAGESIZE);
}

const unsigned char *pattern(void) {
    static unsigned char bytes[READ_BYTES + PATTERN_PERIOD];
    if (!bytes[1])
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i % PATTERN_PERIOD);
    return bytes;
}
