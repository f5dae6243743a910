#include "disk.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// The smallest piece that a disk writes whole or not at all.
enum { SECTOR = 512 };

/// One thing done to a file that is not safe yet.
typedef struct change {
    struct change *next;
    int64_t offset;
    /// Bytes that follow; -1: the file was cut, or lengthened, to `offset`.
    int64_t count;
    unsigned char bytes[];
} change;

typedef struct {
    unsigned char *bytes;
    int64_t size;
} contents;

struct disk_file {
    disk_file *next;
    contents safe;
    change *first;
    change *last;
};

/// What a name stood for, oldest first: the first is safe, the others came since the directory was.
typedef struct meaning {
    struct meaning *next;
    /// NULL: there was no such name.
    disk_file *file;
} meaning;

typedef struct name {
    struct name *next;
    meaning *safe;
    meaning *now;
    char text[];
} name;

static char folder_path[PATH_MAX];
static name *names;
static disk_file *files;

// MARK: Contents

/// SplitMix64.
static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/// Lengthens to `size` bytes. The new ones are zeros, or noise where a disk need not have cleared what it had there.
static bool extend(contents *contents, int64_t size, uint64_t *noise) {
    if (size <= contents->size) return true;
    unsigned char *bytes = realloc(contents->bytes, (size_t)size);
    if (!bytes) return false;
    for (int64_t i = contents->size; i < size; i++) {
        bytes[i] = noise ? (unsigned char)next(noise) : 0;
    }
    contents->bytes = bytes;
    contents->size = size;
    return true;
}

static bool put(contents *contents, const unsigned char *bytes, int64_t count, int64_t offset, uint64_t *noise) {
    if (!extend(contents, offset, noise) || !extend(contents, offset + count, NULL)) return false;
    memcpy(contents->bytes + offset, bytes, (size_t)count);
    return true;
}

static bool cut(contents *contents, int64_t size, uint64_t *noise) {
    if (size > contents->size) return extend(contents, size, noise);
    contents->size = size;
    return true;
}

static bool read_file(const char *path, contents *contents) {
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    unsigned char piece[1 << 16];
    size_t count;
    bool is_read = true;
    while (is_read && (count = fread(piece, 1, sizeof piece, file)) > 0) {
        is_read = put(contents, piece, (int64_t)count, contents->size, NULL);
    }
    is_read = is_read && !ferror(file);
    fclose(file);
    return is_read;
}

// MARK: Names

static disk_file *new_file(void) {
    disk_file *file = calloc(1, sizeof *file);
    if (!file) return NULL;
    file->next = files;
    return files = file;
}

static name *find(const char *path) {
    name *name = names;
    while (name && strcmp(name->text, path)) name = name->next;
    return name;
}

static bool mean(name *name, disk_file *file) {
    meaning *meaning = calloc(1, sizeof *meaning);
    if (!meaning) return false;
    meaning->file = file;
    if (name->now) {
        name->now->next = meaning;
    } else {
        name->safe = meaning;
    }
    name->now = meaning;
    return true;
}

/// A name that was not there: its first meaning is that it is not.
static name *new_name(const char *path) {
    name *name = calloc(1, sizeof *name + strlen(path) + 1);
    if (!name) return NULL;
    strcpy(name->text, path);
    name->next = names;
    names = name;
    return mean(name, NULL) ? name : NULL;
}

/// Makes what the name means now the only thing it may mean.
static void settle(name *name) {
    while (name->safe != name->now) {
        meaning *old = name->safe;
        name->safe = old->next;
        free(old);
    }
}

bool disk_holds(const char *path) {
    size_t length = strlen(folder_path);
    return length > 0 && path && !strncmp(path, folder_path, length) && path[length] == '/';
}

bool disk_has(const char *path) {
    name *name = find(path);
    return name && name->now->file;
}

disk_file *disk_open(const char *path) {
    name *name = find(path);
    if (!name && !(name = new_name(path))) return NULL;
    if (!name->now->file) {
        disk_file *file = new_file();
        if (!file || !mean(name, file)) return NULL;
    }
    return name->now->file;
}

bool disk_delete(const char *path) {
    name *name = find(path);
    return !name || !name->now->file || mean(name, NULL);
}

void disk_sync_names(void) {
    for (name *name = names; name; name = name->next) settle(name);
}

// MARK: Changes

static bool remember(disk_file *file, const void *bytes, int64_t count, int64_t offset) {
    size_t size = count > 0 ? (size_t)count : 0;
    change *change = malloc(sizeof *change + size);
    if (!change) return false;
    change->next = NULL;
    change->offset = offset;
    change->count = count;
    if (size) memcpy(change->bytes, bytes, size);
    if (file->last) {
        file->last->next = change;
    } else {
        file->first = change;
    }
    file->last = change;
    return true;
}

bool disk_write(disk_file *file, const void *bytes, int64_t count, int64_t offset) {
    return remember(file, bytes, count, offset);
}

bool disk_truncate(disk_file *file, int64_t size) { return remember(file, NULL, -1, size); }

static void forget_changes(disk_file *file) {
    while (file->first) {
        change *change = file->first;
        file->first = change->next;
        free(change);
    }
    file->last = NULL;
}

bool disk_sync_file(disk_file *file) {
    for (change *change = file->first; change; change = change->next) {
        bool is_done = change->count < 0
            ? cut(&file->safe, change->offset, NULL)
            : put(&file->safe, change->bytes, change->count, change->offset, NULL);
        if (!is_done) return false;
    }
    forget_changes(file);
    return true;
}

// MARK: Beginning and end

void disk_forget(void) {
    while (names) {
        name *name = names;
        names = name->next;
        settle(name);
        free(name->now);
        free(name);
    }
    while (files) {
        disk_file *file = files;
        files = file->next;
        forget_changes(file);
        free(file->safe.bytes);
        free(file);
    }
    folder_path[0] = 0;
}

bool disk_load(const char *folder) {
    disk_forget();
    // SQLite names files by their real path.
    if (!realpath(folder, folder_path)) return false;
    DIR *directory = opendir(folder_path);
    if (!directory) return false;
    bool is_loaded = true;
    struct dirent *entry;
    while (is_loaded && (entry = readdir(directory))) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.') continue;
        is_loaded = snprintf(path, sizeof path, "%s/%s", folder_path, entry->d_name) < (int)sizeof path;
        disk_file *file = is_loaded ? disk_open(path) : NULL;
        is_loaded = file && read_file(path, &file->safe);
    }
    closedir(directory);
    disk_sync_names();
    return is_loaded;
}

// MARK: The image

/// Whether something happens that does so `chance` times of 256.
static bool happens(uint64_t *random, unsigned chance) { return next(random) % 256 < chance; }

/// Of a write, the sectors that landed: each may or may not have.
static bool put_torn(contents *contents, const change *change, uint64_t *random, uint64_t *noise) {
    int64_t end = change->offset + change->count;
    for (int64_t start = change->offset, stop; start < end; start = stop) {
        stop = (start / SECTOR + 1) * SECTOR;
        if (stop > end) stop = end;
        if (!happens(random, 128)) continue;
        if (!put(contents, change->bytes + (start - change->offset), stop - start, start, noise)) return false;
    }
    return true;
}

/// What a file may hold after the cut. Changes are gone through in their order, for of two writes to one sector the
/// disk has the first, the second or neither; that any may be missing is what puts different sectors out of order.
static bool survive(const disk_file *file, contents *left, uint64_t *random, power_cuts_report *report) {
    static const unsigned rates[] = {0, 16, 128, 240, 256};
    unsigned landing = rates[next(random) % 5];
    unsigned tearing = happens(random, 128) ? 64 : 0;
    uint64_t seed = next(random);
    uint64_t *noise = happens(random, 128) ? &seed : NULL;
    if (!put(left, file->safe.bytes, file->safe.size, 0, NULL)) return false;
    for (const change *change = file->first; change; change = change->next) {
        report->unsynced++;
        bool is_done = true;
        if (change->count > 0 && happens(random, tearing)) {
            report->torn++;
            is_done = put_torn(left, change, random, noise);
        } else if (happens(random, landing)) {
            report->landed++;
            is_done = change->count < 0
                ? cut(left, change->offset, noise)
                : put(left, change->bytes, change->count, change->offset, noise);
        } else if (change->count > 0 && happens(random, 16)) {
            // The length landed and the bytes did not.
            is_done = extend(left, change->offset + change->count, noise);
        }
        if (!is_done) return false;
    }
    return true;
}

static bool write_file(const char *path, const contents *contents) {
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool is_written = fwrite(contents->bytes, 1, (size_t)contents->size, file) == (size_t)contents->size;
    return fclose(file) == 0 && is_written;
}

bool disk_write_image(const char *folder, uint64_t seed, power_cuts_report *report) {
    for (name *name = names; name; name = name->next) {
        // Each file has its own luck, whatever the order in which the files came.
        uint64_t random = seed;
        for (const char *c = name->text + strlen(folder_path); *c; c++) random = random * 31 + (unsigned char)*c;
        uint64_t count = 0;
        for (meaning *meaning = name->safe; meaning; meaning = meaning->next) count++;
        meaning *meaning = name->safe;
        for (uint64_t step = next(&random) % count; step > 0; step--) meaning = meaning->next;
        if (!meaning->file) continue;
        char path[PATH_MAX];
        const char *tail = name->text + strlen(folder_path);
        if (snprintf(path, sizeof path, "%s%s", folder, tail) >= (int)sizeof path) return false;
        contents left = {0};
        bool is_written = survive(meaning->file, &left, &random, report) && write_file(path, &left);
        free(left.bytes);
        if (!is_written) return false;
    }
    return true;
}
