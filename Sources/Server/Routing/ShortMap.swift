/// A dictionary for a handful of entries, which are looked through and not hashed: it takes less memory, and there are several
/// for every connection and every room. Finding one costs in proportion to how many there are.
struct ShortMap<Key: Equatable, Value> {
    /// Oldest first.
    private(set) var entries: [(key: Key, value: Value)] = []

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    var keys: some Collection<Key> { entries.lazy.map(\.key) }
    var values: some Collection<Value> { entries.lazy.map(\.value) }

    subscript(key: Key) -> Value? {
        get { entries.first { $0.key == key }?.value }
        set {
            switch (entries.firstIndex { $0.key == key }, newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?): entries.append((key, value))
            case (nil, nil): break
            }
        }
    }
}

extension ShortMap: Sendable where Key: Sendable, Value: Sendable {}
