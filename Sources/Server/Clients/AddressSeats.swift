internal import SessionStore

/// How many seats are taken from each address, whether whoever took one is still connected or it is only held. Pure.
/// Seats that come out of the store count once somebody has come back to them.
struct AddressSeats {
    private var sitters: [RoomID: ShortMap<ClientKey, ClientAddress>] = [:]
    private var counts: [ClientAddress: Int] = [:]

    func count(of address: ClientAddress) -> Int { counts[address, default: 0] }

    mutating func took(_ room: RoomID, _ client: ClientKey, from address: ClientAddress) {
        if let before = sitters[room]?[client] { decrease(before) }
        sitters[room, default: ShortMap()][client] = address
        counts[address, default: 0] += 1
    }

    mutating func gaveUp(_ room: RoomID, _ client: ClientKey) {
        guard let address = sitters[room]?[client] else { return }
        sitters[room]?[client] = nil
        if sitters[room]?.isEmpty == true { sitters[room] = nil }
        decrease(address)
    }

    mutating func ended(_ room: RoomID) {
        guard let ended = sitters.removeValue(forKey: room) else { return }
        for address in ended.values { decrease(address) }
    }

    private mutating func decrease(_ address: ClientAddress) {
        guard let count = counts[address] else { return }
        counts[address] = count > 1 ? count - 1 : nil
    }
}
