internal import Foundation
internal import Synchronization

/// Ports of 127.0.0.1 for servers that are to come back on the same one.
///
/// They lie below those that the system gives to connections, so that nobody gets one while its server is down.
enum LabPort {
    /// A node of a cluster also takes the port that is 10,000 higher.
    static let range: Range<UInt16> = 10_000..<20_000
    static let clusterBus = 10_000

    private static let next = Mutex(UInt16.random(in: range))

    /// A port that nobody listens on now, and that this process has not given out for long. Another process may be
    /// quicker: who fails to listen asks again.
    static func free() throws -> Int {
        for _ in range {
            let port = next.withLock { next in
                next = next + 1 < range.upperBound ? next + 1 : range.lowerBound
                return next
            }
            if isFree(port) && isFree(port + UInt16(clusterBus)) { return Int(port) }
        }
        throw LabError("no port is free")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = LabSocket.make()
        guard socket >= 0 else { return false }
        defer { close(socket) }
        // As servers do: connections that have just ended do not count.
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return LabSocket.withLoopback(port) { bind(socket, $0, $1) } == 0
    }
}

/// What the system's interface of sockets looks like from here.
enum LabSocket {
    static func make() -> Int32 {
        #if os(Linux)
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    static func withLoopback<Result>(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
