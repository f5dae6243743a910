/// A disk that can lose its power: SQLite's own way to the file system, which remembers what was made safe and what was
/// not, and can write down what a real power cut could leave.
///
/// One disk at a time in a process. `power_cuts_install` makes it SQLite's default, so that a program that opens a file
/// by its path goes through it without knowing.
#ifndef POWER_CUTS_H
#define POWER_CUTS_H

#include <stdbool.h>
#include <stdint.h>

/// When the power goes, and what sort of disk it is.
typedef struct {
    /// Decides what of the unsafe things is left.
    uint64_t seed;
    /// The operation (from 1) in the midst of which the power goes. 0: none.
    uint64_t operation;
    /// Counts only what is done to the database itself, and so hits the folding-in of the log.
    bool only_in_database;
    /// The disk says "safe" and makes nothing safe: what a checker must find out.
    bool lies;
} power_cuts_plan;

/// What the power went out on, and what that left.
typedef struct {
    /// Whether something was being done to the database itself, not to its log or journal.
    bool in_database;
    /// Until then, of all kinds.
    uint64_t operations;
    uint64_t file_syncs, directory_syncs;
    /// Writes and changes of length that were not synced, and how many of them are in the image whole or in part.
    uint64_t unsynced, landed, torn;
} power_cuts_report;

/// Puts the disk between SQLite and the default file system. Once, before SQLite is used.
/// - Returns: false when this SQLite has no file system that the disk can stand on.
bool power_cuts_install(void);

/// Watches the files of a folder from now on. All that is in it is safe, and the folder itself is.
bool power_cuts_begin(const char *folder, power_cuts_plan plan);

/// Whether the power is out: from then on every operation in the folder fails.
bool power_cuts_is_out(void);

/// Writes into another, empty folder what the cut may have left.
bool power_cuts_write_image(const char *folder, power_cuts_report *report);

/// Ends watching. Every file in the folder must be closed.
void power_cuts_end(void);

#endif
