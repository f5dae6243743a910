/// What has become owed and is on its way into SQLite. For the last of a paying the gate is shut: what comes then waits,
/// so that the debt comes to an end however much is being written. Pure.
struct OwingGate {
    private(set) var underWay = 0
    private(set) var isShut = false

    /// - Returns: false when it is shut: wait until it is opened, and see which store serves then.
    mutating func enter() -> Bool {
        guard !isShut else { return false }
        underWay += 1
        return true
    }

    /// - Returns: whether that was the last one, and somebody waits for it.
    mutating func leave() -> Bool {
        underWay -= 1
        return isShut && underWay == 0
    }

    /// - Returns: whether nothing is under way any more; else ``leave()`` tells when.
    mutating func shut() -> Bool {
        isShut = true
        return underWay == 0
    }

    mutating func open() { isShut = false }
}
