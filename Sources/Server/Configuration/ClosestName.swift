/// Finds what somebody meant who wrote a name that there is not.
enum ClosestName {
    /// A sentence to put behind a fault; empty when nothing is close.
    static func hint(_ name: String, among names: some Sequence<String>) -> String {
        guard let closest = find(name, among: names) else { return "" }
        return "; did you mean \(closest)?"
    }

    /// Close is a third of the name wrong at most: more is another name, not a slip.
    static func find(_ name: String, among names: some Sequence<String>) -> String? {
        let scored = names.map { (name: $0, distance: distance(name, $0)) }
        guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, min(name.count, best.name.count) / 3) ? best.name : nil
    }

    /// How many letters to put in, take out, or change (Levenshtein's distance).
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let change = diagonal + (letter == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, diagonal + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
