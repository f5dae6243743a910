/// The address of one open connection: which loop it lives on and which slot of that loop's table it has. The serial
/// number tells a connection from the one that had its slot before.
struct ConnectionID: Hashable, Sendable {
    // Half a word each: there are many more ids than connections.
    private let loopNumber: UInt32
    private let slotNumber: UInt32
    let serial: UInt64

    init(loop: Int, slot: Int, serial: UInt64) {
        loopNumber = UInt32(loop)
        slotNumber = UInt32(slot)
        self.serial = serial
    }

    var loop: Int { Int(loopNumber) }
    var slot: Int { Int(slotNumber) }
}
