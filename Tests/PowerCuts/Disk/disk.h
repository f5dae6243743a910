/// What is known of a folder's files: what is safe, and what was done to them since.
///
/// What POSIX promises, and this takes as promised: after a sync of a file its bytes and its length are safe; after a
/// sync of the directory its names are. Nothing else is. Until then every sector may hold what it held before or what
/// was written since, lengths likewise, and a name may be there, be gone, or name an earlier file.
#ifndef POWER_CUTS_DISK_H
#define POWER_CUTS_DISK_H

#include "power_cuts.h"

/// A file, whatever its name is. Its last name may be gone while it is still open.
typedef struct disk_file disk_file;

/// Forgets everything and takes what is in the folder for safe.
bool disk_load(const char *folder);
void disk_forget(void);

/// Whether a path is in the folder.
bool disk_holds(const char *path);

bool disk_has(const char *path);
/// The file of that name; made, with a name that is not safe yet, if there is none.
disk_file *disk_open(const char *path);
bool disk_delete(const char *path);

bool disk_write(disk_file *file, const void *bytes, int64_t count, int64_t offset);
bool disk_truncate(disk_file *file, int64_t size);
bool disk_sync_file(disk_file *file);
void disk_sync_names(void);

bool disk_write_image(const char *folder, uint64_t seed, power_cuts_report *report);

#endif
