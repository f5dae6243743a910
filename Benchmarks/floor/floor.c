// What the kernel must do for a scenario of `parlor bench`, and nothing else: README.md says what that leaves out.
//
//   floor --connections 500 --group 500 --rate 20 --in 120 --state 120
//
// Two processes: a server on the first core, its driver on the last. A message of `in` bytes makes the server owe
// `answer` bytes to its sender and `state` bytes to each of its group; with --hz each group is owed a state so often a
// second instead. Prints one line of JSON; exit code 1 when any byte was missing or wrong, 64 for arguments that make
// no sense.
#define _GNU_SOURCE
#include "floor.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int listen_on_loopback(int *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        fail("listening: %s", strerror(errno));
    *port = ntohs(address.sin_port);
    return listener;
}

static void allow_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int count, char **arguments) {
    Plan plan = read_plan(count, arguments);
    int port, listener = listen_on_loopback(&port), cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    allow_files();
    Counts *counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED) fail("no memory: %s", strerror(errno));
    pid_t server = fork();
    if (server < 0) fail("no second process: %s", strerror(errno));
    if (server == 0) {
        // A driver that fails takes its server with it.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(0);
        serve(&plan, listener, counts);
        return 0;
    }
    pin(cores - 1);
    drive(&plan, port, server, counts);
    int status;
    waitpid(server, &status, 0);
    return status == 0 ? 0 : 1;
}
