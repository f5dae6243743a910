/// The address of one open connection: which loop it lives on and which slot of that loop's table it has. The serial
/// number tells a connection from the one that had its slot before.
struct ConnectionID: Hashable, Sendable {
    let loop: Int
    let slot: Int
    let serial: UInt64
}
