#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "black_box.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/// Room for our handler and for the one before it: Swift's backtracer wants a few KiB, others a few times that.
enum { SIGNAL_STACK_BYTES = 128 * 1024 };

static const int trap_signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { TRAP_SIGNALS = sizeof trap_signals / sizeof *trap_signals };

/// Written before the handlers are there, read by them.
static parlor_box *armed;
static struct sigaction before[TRAP_SIGNALS];

/// Whether the thread brought the signal on itself: what somebody sends to the process accuses nobody.
static int is_own(const siginfo_t *info) {
#ifdef SI_TKILL
    if (info->si_code == SI_TKILL) return info->si_pid == getpid();
#endif
    return info->si_code > 0;
}

/// The calling thread's note; NULL: it is none of a shard.
static parlor_note *own_note(void) {
    uint64_t self = (uint64_t)pthread_self();
    parlor_note *notes = parlor_box_notes(armed);
    for (uint64_t i = 0; i < armed->note_count; i++) {
        if (notes[i].thread == self) return &notes[i];
    }
    return NULL;
}

/// - Returns: whether the process ends.
static int accuse(parlor_note *note, int signal) {
    uint64_t sequence = parlor_note_sequence(note);
    uint64_t doomed = signal == SIGABRT ? __atomic_exchange_n(&note->doomed, 0, __ATOMIC_ACQ_REL) : 0;
    // The game has returned since.
    if (doomed && doomed != sequence) return 0;
    // The first word counts: an abort may follow another signal.
    if (sequence % 2 && !note->guilt) note->guilt = doomed ? PARLOR_GUILT_ENDLESS : (uint32_t)signal;
    return 1;
}

static void trapped(int signal, siginfo_t *info, void *context) {
    int saved = errno;
    parlor_note *note = is_own(info) ? own_note() : NULL;
    if (note && !accuse(note, signal)) return;
    const struct sigaction *next = NULL;
    for (int i = 0; i < TRAP_SIGNALS; i++) {
        if (trap_signals[i] == signal) next = &before[i];
    }
    errno = saved;
    if (next && (next->sa_flags & SA_SIGINFO)) return next->sa_sigaction(signal, info, context);
    if (next && next->sa_handler != SIG_DFL && next->sa_handler != SIG_IGN) return next->sa_handler(signal);
    // Held back until this handler returns, and then the end.
    struct sigaction end = {.sa_handler = SIG_DFL};
    sigaction(signal, &end, NULL);
    raise(signal);
}

int parlor_box_arm(parlor_box *box) {
    armed = box;
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < TRAP_SIGNALS; i++) {
        if (sigaction(trap_signals[i], &action, &before[i])) return errno;
    }
    return 0;
}

int parlor_box_prepare_thread(void) {
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, guard + SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return errno;
    // Stacks grow downwards: a handler that needs more than it has shall not write over what happens to be below.
    mprotect(memory, guard, PROT_NONE);
    stack_t stack = {.ss_sp = memory + guard, .ss_size = SIGNAL_STACK_BYTES};
    if (sigaltstack(&stack, NULL)) return errno;
    // A thread is born with what its maker held back, and Swift's pool holds back SIGABRT.
    sigset_t traps;
    sigemptyset(&traps);
    for (int i = 0; i < TRAP_SIGNALS; i++) sigaddset(&traps, trap_signals[i]);
    return pthread_sigmask(SIG_UNBLOCK, &traps, NULL);
}

void parlor_note_doom(parlor_note *note, uint64_t sequence) {
    __atomic_store_n(&note->doomed, sequence, __ATOMIC_RELEASE);
    pthread_kill((pthread_t)note->thread, SIGABRT);
}

void parlor_note_kill(parlor_note *note, uint64_t sequence) {
    if (parlor_note_sequence(note) == sequence && !note->guilt) note->guilt = PARLOR_GUILT_ENDLESS;
    kill(getpid(), SIGKILL);
}

void parlor_end_with_parent(int parent) {
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (getppid() != parent) kill(getpid(), SIGTERM);
}
