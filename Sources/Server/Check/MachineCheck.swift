internal import FoundationEssentials
internal import GameKitProtocol
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import SessionStore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Whether this machine lets a server do what its configuration says.
struct MachineCheck {
    let configuration: Configuration

    func run() async -> [Finding] {
        var findings = [games, openFiles, data]
        findings.append(await listening("listen", configuration.host, configuration.port))
        if let ops = configuration.opsListen { findings.append(await listening("ops", ops.host, ops.port)) }
        if let tls = configuration.tls { findings.append(certificate(tls)) }
        return findings
    }

    private var games: Finding {
        let types = configuration.games.map(\.entry.manifest.type)
        return types.isEmpty
            ? .warning("games", "none is offered") : .ok("games", types.joined(separator: ", "))
    }

    // MARK: Limits

    private var openFiles: Finding {
        var limit = rlimit()
        #if canImport(Glibc)
            let answer = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let answer = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        guard answer == 0 else { return .warning("files", "the limit of open files cannot be read") }
        return Self.openFiles(limit: Int(clamping: limit.rlim_cur), connections: configuration.limits.maxConnections)
    }

    /// - Parameter connections: 0: no limit.
    static func openFiles(limit: Int, connections: Int) -> Finding {
        let needed = connections + Limits.pageConnections + Limits.ownFiles
        if connections == 0 { return .warning("files", "ulimit -n is \(limit), and connections have no limit") }
        guard limit >= needed else {
            return .fault("files", "ulimit -n is \(limit): \(connections) connections need \(needed)")
        }
        return .ok("files", "ulimit -n is \(limit): enough for \(connections) connections")
    }

    // MARK: Data

    private var data: Finding {
        guard let folder = configuration.data.folder else {
            return .warning("data", "in memory: everything is gone when the server ends")
        }
        guard OperatorFile.isFolder(folder) else {
            let parent = URL(filePath: folder).deletingLastPathComponent().path
            return access(parent, W_OK) == 0
                ? .ok("data", "\(folder) will be made")
                : .fault("data", "\(folder) is not there and cannot be made: \(Self.lastFault)")
        }
        guard access(folder, W_OK) == 0 else { return .fault("data", "\(folder) cannot be written: \(Self.lastFault)") }
        let reader = SQLiteReader(folder: folder)
        guard DurableFile.isThere(reader.file) else { return .ok("data", "\(folder) is empty") }
        do throws(StoreError) {
            _ = try reader.rooms(after: nil, limit: 1)
            return .ok("data", "\(folder) has a database of this version")
        } catch {
            return error.code == .olderSchema
                ? .ok("data", "\(folder) has a database of an older version, which will be brought up to date")
                : .fault("data", "\(error)")
        }
    }

    private static var lastFault: String { String(cString: strerror(errno)) }

    // MARK: Network

    private func listening(_ part: String, _ host: String, _ port: Int) async -> Finding {
        let address = "\(host):\(port)"
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port).get()
            try await channel.close()
            return .ok(part, "\(address) is free")
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            return .warning(part, "\(address) is in use: by a server that runs already?")
        } catch {
            return .fault(part, "\(address) cannot be listened on: \(error)")
        }
    }

    private func certificate(_ files: TLSFiles) -> Finding {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            _ = try NIOSSLContext(configuration: configuration)
            guard let own = chain.first else { return .fault("tls", "\(files.certificate) holds no certificate") }
            return Self.validity(until: Int64(own.notValidAfter), now: Int64(Date.now.timeIntervalSince1970))
        } catch {
            return .fault("tls", "the certificate and its key cannot be used together: \(error)")
        }
    }

    /// Both in seconds since 1970.
    static func validity(until end: Int64, now: Int64) -> Finding {
        let days = (end - now) / 86_400
        if end <= now { return .fault("tls", "the certificate has expired") }
        return days < Limits.certificateDays
            ? .warning("tls", "the certificate expires in \(days) days")
            : .ok("tls", "the certificate is valid for \(days) days")
    }
}
