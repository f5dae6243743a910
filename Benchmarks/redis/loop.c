/* hiredis's own pipelined loop: what redis-bench is measured against.
   usage: loop PORT set|get DEPTH COMMANDS; prints commands, CPU seconds and seconds as JSON. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { keys = 1000, value_bytes = 100 };

static char names[keys][16];
static char value[value_bytes];

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void append(redisContext *redis, int is_set, long number) {
    const char *name = names[number % keys];
    const char *arguments[] = {is_set ? "SET" : "GET", name, value};
    size_t lengths[] = {3, strlen(name), value_bytes};
    redisAppendCommandArgv(redis, is_set ? 3 : 2, arguments, lengths);
}

static void check(redisContext *redis, int is_set) {
    redisReply *reply;
    if (redisGetReply(redis, (void **)&reply) != REDIS_OK) {
        fprintf(stderr, "%s\n", redis->errstr);
        exit(1);
    }
    int is_right = is_set ? reply->type == REDIS_REPLY_STATUS
                          : reply->type == REDIS_REPLY_STRING && reply->len == value_bytes;
    freeReplyObject(reply);
    if (!is_right) {
        fprintf(stderr, "a wrong reply\n");
        exit(1);
    }
}

static void run(redisContext *redis, int is_set, long depth, long commands) {
    for (long sent = 0; sent < commands; sent += depth) {
        for (long i = 0; i < depth; i++) append(redis, is_set, sent + i);
        for (long i = 0; i < depth; i++) check(redis, is_set);
    }
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    int is_set = strcmp(arguments[2], "set") == 0;
    long depth = atol(arguments[3]), commands = atol(arguments[4]);
    redisContext *redis = redisConnect("127.0.0.1", atoi(arguments[1]));
    if (redis == NULL || redis->err) return 1;
    memset(value, 'x', sizeof(value));
    for (int i = 0; i < keys; i++) snprintf(names[i], sizeof(names[i]), "bench:%d", i);
    run(redis, 1, keys, keys);
    run(redis, is_set, depth, commands / 10);
    double cpu = cpu_seconds(), start = seconds();
    run(redis, is_set, depth, commands);
    long done = (commands + depth - 1) / depth * depth;
    printf("{\"commands\": %ld, \"cpu\": %.6f, \"seconds\": %.6f}\n", done, cpu_seconds() - cpu, seconds() - start);
    redisFree(redis);
    return 0;
}
