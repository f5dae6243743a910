/// What every event loop is doing for a game right now, in memory that outlives the process: one note per shard.
///
/// Writing a note is a few copies; no system call, no lock, no clock. All that must be safe in a signal handler is here
/// and in black_box.c, and nothing else is.
#ifndef PARLOR_BLACK_BOX_H
#define PARLOR_BLACK_BOX_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Names the layout below; a file with another one says nothing to this version.
#define PARLOR_BOX_MAGIC 0x31786f6272616c70ULL // "plarbox1"

enum {
    PARLOR_ROOM_BYTES = 64,
    PARLOR_GAME_BYTES = 32,
    PARLOR_ADDRESS_BYTES = 16,
    PARLOR_INPUT_BYTES = 1024,
};

/// The guilt of a note whose game did not return; any other is the number of a signal, and 0 is innocence.
enum { PARLOR_GUILT_ENDLESS = 1000 };

typedef struct {
    /// Odd while the shard is inside the game.
    uint64_t sequence;
    uint64_t digest;
    /// pthread_self() of the loop.
    uint64_t thread;
    uint32_t guilt;
    uint32_t kind;
    int64_t rules;
    /// The sequence at which the watchdog lost its patience; 0: it has not.
    uint64_t doomed;
    uint16_t room_count, game_count, address_count, input_count;
    char room[PARLOR_ROOM_BYTES];
    char game[PARLOR_GAME_BYTES];
    uint8_t address[PARLOR_ADDRESS_BYTES];
    uint8_t input[PARLOR_INPUT_BYTES];
    /// So that two loops never write to one line of the cache.
    uint8_t unused[24];
} parlor_note;

_Static_assert(sizeof(parlor_note) == 1216, "the layout is that of a file");
_Static_assert(sizeof(parlor_note) % 64 == 0, "a note begins with a line of the cache");

typedef struct {
    uint64_t magic;
    /// Another one for each process.
    uint64_t flight;
    uint64_t note_count;
    uint8_t unused[40];
} parlor_box;

_Static_assert(sizeof(parlor_box) == 64, "the layout is that of a file");

static inline parlor_note *parlor_box_notes(parlor_box *box) { return (parlor_note *)(box + 1); }

static inline uint64_t parlor_note_sequence(const parlor_note *note) {
    return __atomic_load_n(&note->sequence, __ATOMIC_ACQUIRE);
}

static inline uint16_t parlor_note_copy(void *to, size_t most, const void *from, size_t count) {
    size_t kept = count < most ? count : most;
    if (kept) memcpy(to, from, kept);
    return (uint16_t)kept;
}

/// What is about to be done, and for which room. Before `parlor_note_enter`, on the note's own thread.
static inline void parlor_note_call(parlor_note *note, uint32_t kind, uint64_t digest, int64_t rules) {
    note->kind = kind;
    note->digest = digest;
    note->rules = rules;
    note->address_count = 0;
    note->input_count = 0;
}

static inline void parlor_note_room(parlor_note *note, const void *bytes, size_t count) {
    note->room_count = parlor_note_copy(note->room, PARLOR_ROOM_BYTES, bytes, count);
}

static inline void parlor_note_game(parlor_note *note, const void *bytes, size_t count) {
    note->game_count = parlor_note_copy(note->game, PARLOR_GAME_BYTES, bytes, count);
}

static inline void parlor_note_address(parlor_note *note, const void *bytes, size_t count) {
    note->address_count = parlor_note_copy(note->address, PARLOR_ADDRESS_BYTES, bytes, count);
}

static inline void parlor_note_input(parlor_note *note, const void *bytes, size_t count) {
    note->input_count = parlor_note_copy(note->input, PARLOR_INPUT_BYTES, bytes, count);
}

/// The shard is in the game from now on. The fence keeps the compiler from moving the game's code before it.
static inline void parlor_note_enter(parlor_note *note) {
    note->thread = (uint64_t)pthread_self();
    __atomic_store_n(&note->sequence, note->sequence + 1, __ATOMIC_RELEASE);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void parlor_note_leave(parlor_note *note) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&note->sequence, note->sequence + 1, __ATOMIC_RELEASE);
}

/// Has the signals of a trap mark the note of the thread that they come from, and then go on to whoever had them before.
/// Once in a process; the box stays mapped.
/// - Returns: 0, or what `sigaction` failed with.
int parlor_box_arm(parlor_box *box);

/// Gives the calling thread a stack of its own for signals, because one that has overflowed its stack has no room for a
/// handler, and lets the signals of a trap reach it.
/// - Returns: 0, or what failed.
int parlor_box_prepare_thread(void);

/// Ends the process for a game that does not return, unless it does at the last moment: the signal goes to its thread,
/// where the sequence stands still, and what is said of the crash is where the game hangs.
/// - Parameter sequence: at which it was found.
void parlor_note_doom(parlor_note *note, uint64_t sequence);

/// The same for a game whose thread a signal has not ended. Nothing is said of such a crash. Does not return.
void parlor_note_kill(parlor_note *note, uint64_t sequence);

/// Has this process asked to stop when the one that started it ends.
/// - Parameter parent: who started it; if that one has ended already, the process is asked at once.
void parlor_end_with_parent(int parent);

#endif
