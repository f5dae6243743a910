#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

/// A file as SQLite opened it. The default file system's own follows right behind.
typedef struct {
    sqlite3_file head;
    /// NULL when it is none of the folder that is watched.
    disk_file *file;
    bool is_database;
} open_file;

/// One lock around all: the order of operations on the disk is the order in which they took it.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_vfs *base;
static sqlite3_vfs vfs;
static sqlite3_io_methods methods;

static bool is_watching;
static bool is_out;
static power_cuts_plan plan;
static uint64_t counted;
static uint64_t luck;
static power_cuts_report report;

// MARK: Operations

/// Counts an operation that changes the disk. Under the lock.
/// - Returns: whether the power lasted. When it fails in the midst of a write, some of that may have landed.
static bool operate(bool in_database) {
    if (is_out) return false;
    report.operations++;
    if (in_database || !plan.only_in_database) counted++;
    if (plan.operation == 0 || counted < plan.operation) return true;
    report.in_database = in_database;
    is_out = true;
    return false;
}

static sqlite3_file *below(sqlite3_file *file) { return (sqlite3_file *)((open_file *)file + 1); }

/// Whether a file of the folder may still be used.
static bool has_power(sqlite3_file *file) {
    if (!((open_file *)file)->file) return true;
    pthread_mutex_lock(&lock);
    bool has_power = !is_out;
    pthread_mutex_unlock(&lock);
    return has_power;
}

static int write_bytes(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    open_file *open = (open_file *)file;
    if (!open->file) return below(file)->pMethods->xWrite(below(file), bytes, count, offset);
    pthread_mutex_lock(&lock);
    int result = SQLITE_IOERR_WRITE;
    bool was_out = is_out;
    bool lasts = operate(open->is_database);
    // The write that the cut came into is one of those that may have landed.
    if (!was_out && disk_write(open->file, bytes, count, offset) && lasts) {
        result = below(file)->pMethods->xWrite(below(file), bytes, count, offset);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    open_file *open = (open_file *)file;
    if (!open->file) return below(file)->pMethods->xTruncate(below(file), size);
    pthread_mutex_lock(&lock);
    int result = SQLITE_IOERR_TRUNCATE;
    bool was_out = is_out;
    bool lasts = operate(open->is_database);
    if (!was_out && disk_truncate(open->file, size) && lasts) {
        result = below(file)->pMethods->xTruncate(below(file), size);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

// MARK: Making safe

/// The default file system's own way to open a directory, which it does for nothing but to sync it.
static int (*open_directory)(const char *, int *);
static bool has_synced_directory;

static int watch_directory(const char *path, int *descriptor) {
    int result = open_directory(path, descriptor);
    has_synced_directory = result == SQLITE_OK;
    return result;
}

/// To be asked after a call of the default file system that may have synced the directory.
static void settle_names(void) {
    if (has_synced_directory && !plan.lies) disk_sync_names();
    report.directory_syncs += has_synced_directory;
    has_synced_directory = false;
}

static int sync_file(sqlite3_file *file, int flags) {
    open_file *open = (open_file *)file;
    if (!open->file) return below(file)->pMethods->xSync(below(file), flags);
    pthread_mutex_lock(&lock);
    int result = SQLITE_IOERR_FSYNC;
    if (operate(open->is_database)) {
        has_synced_directory = false;
        result = below(file)->pMethods->xSync(below(file), flags);
        report.file_syncs++;
        if (result == SQLITE_OK && !plan.lies && !disk_sync_file(open->file)) result = SQLITE_IOERR_FSYNC;
        settle_names();
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int delete_file(sqlite3_vfs *self, const char *path, int sync_directory) {
    (void)self;
    pthread_mutex_lock(&lock);
    int result = SQLITE_IOERR_DELETE;
    if (!is_watching || !disk_holds(path)) {
        result = base->xDelete(base, path, sync_directory);
    } else {
        bool was_out = is_out;
        bool lasts = operate(false);
        if (!was_out && disk_delete(path) && lasts) {
            has_synced_directory = false;
            result = base->xDelete(base, path, sync_directory);
            settle_names();
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

// MARK: Opening and closing

static bool watches(const char *path) {
    pthread_mutex_lock(&lock);
    bool watches = is_watching && disk_holds(path);
    pthread_mutex_unlock(&lock);
    return watches;
}

/// Opens a file of the folder. Under the lock.
static int open_watched(sqlite3_filename path, open_file *open, int flags, int *out_flags) {
    int exists = 0;
    if (is_out || base->xAccess(base, path, SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK) return SQLITE_IOERR;
    if (!exists && (flags & SQLITE_OPEN_CREATE) && !operate(flags & SQLITE_OPEN_MAIN_DB)) {
        // The new name may have landed, of a file with nothing in it.
        (void)disk_open(path);
        return SQLITE_IOERR;
    }
    int result = base->xOpen(base, path, below(&open->head), flags, out_flags);
    if (result != SQLITE_OK) return result;
    // One that was there, but that somebody else made, has a new name too, as far as the disk knows.
    open->file = disk_open(path);
    if (open->file) return SQLITE_OK;
    below(&open->head)->pMethods->xClose(below(&open->head));
    return SQLITE_NOMEM;
}

static int open_path(sqlite3_vfs *self, sqlite3_filename path, sqlite3_file *file, int flags, int *out_flags) {
    (void)self;
    open_file *open = (open_file *)file;
    memset(open, 0, sizeof *open);
    int result;
    if (watches(path)) {
        pthread_mutex_lock(&lock);
        result = open_watched(path, open, flags, out_flags);
        pthread_mutex_unlock(&lock);
    } else {
        // Not under the lock: the default file system asks for a random name for what is only temporary.
        result = base->xOpen(base, path, below(file), flags, out_flags);
    }
    open->head.pMethods = result == SQLITE_OK ? &methods : NULL;
    open->is_database = flags & SQLITE_OPEN_MAIN_DB;
    return result;
}

static int close_file(sqlite3_file *file) { return below(file)->pMethods->xClose(below(file)); }

static int check_access(sqlite3_vfs *self, const char *path, int flags, int *answer) {
    (void)self;
    pthread_mutex_lock(&lock);
    bool is_refused = is_watching && is_out && disk_holds(path);
    pthread_mutex_unlock(&lock);
    return is_refused ? SQLITE_IOERR_ACCESS : base->xAccess(base, path, flags, answer);
}

/// The log's salts come from here: with the plan's luck a run can be repeated.
static int random_bytes(sqlite3_vfs *self, int count, char *bytes) {
    (void)self;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < count; i++) {
        luck = luck * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (char)(luck >> 56);
    }
    pthread_mutex_unlock(&lock);
    return count;
}

// MARK: What changes nothing that lasts

static int read_bytes(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return has_power(file) ? below(file)->pMethods->xRead(below(file), bytes, count, offset) : SQLITE_IOERR_READ;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return has_power(file) ? below(file)->pMethods->xFileSize(below(file), size) : SQLITE_IOERR_FSTAT;
}

static int lock_file(sqlite3_file *file, int level) {
    return has_power(file) ? below(file)->pMethods->xLock(below(file), level) : SQLITE_IOERR_LOCK;
}

static int unlock_file(sqlite3_file *file, int level) { return below(file)->pMethods->xUnlock(below(file), level); }

static int check_reserved_lock(sqlite3_file *file, int *answer) {
    return below(file)->pMethods->xCheckReservedLock(below(file), answer);
}

static int control_file(sqlite3_file *file, int operation, void *argument) {
    // It could lengthen the file behind the disk's back.
    if (operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_NOTFOUND;
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int sector_size(sqlite3_file *file) { return below(file)->pMethods->xSectorSize(below(file)); }

static int characteristics(sqlite3_file *file) { return below(file)->pMethods->xDeviceCharacteristics(below(file)); }

static int map_shared(sqlite3_file *file, int region, int size, int extend, void volatile **memory) {
    if (!has_power(file)) return SQLITE_IOERR_SHMMAP;
    return below(file)->pMethods->xShmMap(below(file), region, size, extend, memory);
}

static int lock_shared(sqlite3_file *file, int offset, int count, int flags) {
    bool is_allowed = (flags & SQLITE_SHM_UNLOCK) || has_power(file);
    return is_allowed ? below(file)->pMethods->xShmLock(below(file), offset, count, flags) : SQLITE_IOERR_SHMLOCK;
}

static void fence_shared(sqlite3_file *file) { below(file)->pMethods->xShmBarrier(below(file)); }

static int unmap_shared(sqlite3_file *file, int deletes) {
    return below(file)->pMethods->xShmUnmap(below(file), deletes);
}

/// Version 2: with shared memory, which no power cut spares anyway, and without mapped files, whose writes none sees.
static sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_bytes,
    .xWrite = write_bytes,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = fence_shared,
    .xShmUnmap = unmap_shared,
};

// MARK: From outside

bool power_cuts_install(void) {
    base = sqlite3_vfs_find(NULL);
    if (!base || base->iVersion < 3 || base == &vfs) return false;
    sqlite3_syscall_ptr original = base->xGetSystemCall(base, "openDirectory");
    if (!original) return false;
    open_directory = (int (*)(const char *, int *))original;
    if (base->xSetSystemCall(base, "openDirectory", (sqlite3_syscall_ptr)watch_directory) != SQLITE_OK) return false;
    // The default file system's own functions do not look at whose they are.
    vfs = *base;
    vfs.zName = "power-cuts";
    vfs.szOsFile = (int)sizeof(open_file) + base->szOsFile;
    vfs.xOpen = open_path;
    vfs.xDelete = delete_file;
    vfs.xAccess = check_access;
    vfs.xRandomness = random_bytes;
    return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}

bool power_cuts_begin(const char *folder, power_cuts_plan new_plan) {
    // Have SQLite ask for randomness anew, and get this run's.
    sqlite3_randomness(0, NULL);
    pthread_mutex_lock(&lock);
    plan = new_plan;
    luck = plan.seed;
    counted = 0;
    report = (power_cuts_report){0};
    is_out = false;
    is_watching = disk_load(folder);
    bool is_watched = is_watching;
    pthread_mutex_unlock(&lock);
    return is_watched;
}

bool power_cuts_is_out(void) {
    pthread_mutex_lock(&lock);
    bool answer = is_out;
    pthread_mutex_unlock(&lock);
    return answer;
}

bool power_cuts_write_image(const char *folder, power_cuts_report *final) {
    pthread_mutex_lock(&lock);
    bool is_written = is_out && disk_write_image(folder, plan.seed, &report);
    *final = report;
    pthread_mutex_unlock(&lock);
    return is_written;
}

void power_cuts_end(void) {
    pthread_mutex_lock(&lock);
    is_watching = false;
    is_out = false;
    disk_forget();
    pthread_mutex_unlock(&lock);
}
