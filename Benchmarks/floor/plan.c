// What the command line asks for, held to what makes sense.
#include "floor.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *flag;
    size_t place;
    uint64_t least, most;
} Option;

#define OPTION(flag, name, least, most) {flag, offsetof(Plan, name), least, most}

static const Option options[] = {
    OPTION("--connections", connections, 1, 20000),   // as many files as a process usually may have
    OPTION("--group", group, 1, 20000),
    OPTION("--burst", burst, 1, 1000),
    OPTION("--in", in, 1, MESSAGE_BYTES),
    OPTION("--answer", answer, 0, READ_BYTES),
    OPTION("--state", state, 0, READ_BYTES),
    OPTION("--warm-up", warm_up, 0, 60),
    OPTION("--seconds", seconds, 1, 600),
};

static const double most_rate = 1000000, most_hz = 1000;

static _Noreturn void refuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("floor: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\nusage: floor [--connections 1] [--group 1] [--rate 0] [--burst 1] [--in 1] [--answer 0] [--state 0]\n"
          "             [--hz 0] [--warm-up 1] [--seconds 5]\n", stderr);
    exit(64);
}

static double read_rate(const char *flag, const char *text, double most) {
    char *end;
    double rate = strtod(text, &end);
    if (!isdigit((unsigned char)*text) || *end || !(rate <= most))
        refuse("%s is a number from 0 to %.0f, not %s", flag, most, text);
    return rate;
}

static void read_option(Plan *plan, const char *flag, const char *text) {
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const Option *option = &options[i];
        if (strcmp(flag, option->flag) != 0) continue;
        char *end;
        uint64_t value = strtoull(text, &end, 10);
        if (!isdigit((unsigned char)*text) || *end || value < option->least || value > option->most)
            refuse("%s is a whole number from %lu to %lu, not %s", flag, option->least, option->most, text);
        memcpy((char *)plan + option->place, &value, sizeof value);
        return;
    }
    refuse("there is no %s", flag);
}

static void check(const Plan *plan) {
    if (plan->connections % plan->group) refuse("--connections must be whole groups");
    if (plan->hz > 0 && !plan->state) refuse("--hz owes states: how many bytes they have is --state");
    if (plan->hz > 0 && plan->burst > 1) refuse("--burst is what is answered at once, which with --hz nothing is");
    if (plan->in * plan->burst > MESSAGE_BYTES) refuse("a --burst has at most %d bytes", MESSAGE_BYTES);
    if (plan->rate == 0 && (plan->burst > 1 || plan->answer)) refuse("without a --rate nothing is sent or answered");
    if (plan->rate == 0 && plan->state && plan->hz == 0) refuse("states are owed for messages (--rate) or at times (--hz)");
    if (plan->rate > 0 && !plan->answer && !plan->state) refuse("nothing is owed: --answer or --state");
    if ((plan->answer + plan->state) * plan->burst > SEND_BUFFER_BYTES)
        refuse("what a socket is owed at once must fit its buffer of %d bytes", SEND_BUFFER_BYTES);
}

Plan read_plan(int count, char **arguments) {
    Plan plan = {.connections = 1, .group = 1, .burst = 1, .in = 1, .warm_up = 1, .seconds = 5};
    for (int i = 1; i < count; i += 2) {
        if (i + 1 == count) refuse("%s needs a value", arguments[i]);
        if (strcmp(arguments[i], "--rate") == 0) plan.rate = read_rate("--rate", arguments[i + 1], most_rate);
        else if (strcmp(arguments[i], "--hz") == 0) plan.hz = read_rate("--hz", arguments[i + 1], most_hz);
        else read_option(&plan, arguments[i], arguments[i + 1]);
    }
    check(&plan);
    return plan;
}
