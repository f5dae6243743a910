#if canImport(Glibc)
    import Glibc
    import Testing

    /// A file system of its own, in memory, that can be made full and read-only as a real one: as root, where the kernel
    /// allows it.
    struct SmallDisk {
        /// The permissions are there or not for all tests alike; each that needs them says so when it is left out.
        static let isAllowed: Bool = {
            let folder = "/tmp/parlor-mount-\(getpid())"
            guard mkdir(folder, 0o700) == 0 else { return false }
            defer { rmdir(folder) }
            guard mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0 else { return false }
            return umount(folder) == 0
        }()

        let folder: String

        /// A disk of `size` ("1m"), gone afterwards.
        static func with(_ size: String, _ body: (SmallDisk) async throws -> Void) async throws {
            try await withFolder { folder in
                try #require(mkdir(folder, 0o700) == 0)
                try #require(mount("tmpfs", folder, "tmpfs", 0, "size=\(size)") == 0)
                defer { umount2(folder, Int32(MNT_DETACH)) }
                try await body(SmallDisk(folder: folder))
            }
        }

        func resize(to size: String) throws { try remount(0, "size=\(size)") }

        func setReadOnly(_ isReadOnly: Bool) throws { try remount(isReadOnly ? UInt(MS_RDONLY) : 0, nil) }

        private func remount(_ flags: UInt, _ options: String?) throws {
            try #require(mount("tmpfs", folder, "tmpfs", flags | UInt(MS_REMOUNT), options) == 0)
        }
    }
#endif
