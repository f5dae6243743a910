// What ThreadSanitizer cannot see: the slow paths of Swift's Mutex are in a library that was not built for it, so that it
// would call everything a race that is done under a contended one. Preloaded by `make races`, in front of that library.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

// ThreadSanitizer's own. The other processes that this is preloaded into have none.
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

/// `_MutexHandle._lockSlow(_:)`.
SWIFT void lock_slowly(uint32_t thread, SELF handle) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
/// `_MutexHandle._unlockSlow()`.
SWIFT void unlock_slowly(SELF handle) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT void lock_slowly(uint32_t thread, SELF handle) {
    SWIFT void (*lock)(uint32_t, SELF) = dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    lock(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void unlock_slowly(SELF handle) {
    SWIFT void (*unlock)(SELF) = dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    if (__tsan_release) __tsan_release(handle);
    unlock(handle);
}
