/// The bots of one shard, by the address from which they were added.
final class BotBook {
    private var counts: [ClientAddress: Int] = [:]

    func count(of address: ClientAddress) -> Int { counts[address, default: 0] }

    fileprivate func add(_ count: Int, from address: ClientAddress) {
        let sum = counts[address, default: 0] + count
        counts[address] = sum == 0 ? nil : sum
    }
}

/// A bot counts for an address as long as its room keeps this. So it is counted no longer when the room lets go of the bot,
/// or the shard of the room, for whatever reason.
final class BotLease {
    private let book: BotBook
    private let address: ClientAddress

    init(_ book: BotBook, from address: ClientAddress) {
        self.book = book
        self.address = address
        book.add(1, from: address)
    }

    deinit { book.add(-1, from: address) }
}
