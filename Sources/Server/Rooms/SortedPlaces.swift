/// The places of a list of rooms, kept sorted. Coming, going and reading on from a place cost the same with twenty
/// thousand rooms as with twenty: a change moves what is in one short run, and a page costs what it shows.
struct SortedPlaces {
    /// Long enough that there are few runs, short enough that moving one is nothing.
    private static let longestRun = 512

    /// One after the other, none of them empty.
    private var runs: [[RoomCursor]] = []
    private(set) var count = 0

    mutating func insert(_ place: RoomCursor) {
        count += 1
        guard !runs.isEmpty else { return runs = [[place]] }
        let index = min(run(of: place), runs.count - 1)
        runs[index].insert(place, at: runs[index].index { place < $0 })
        guard runs[index].count > Self.longestRun else { return }
        let half = runs[index].count / 2
        runs.insert(Array(runs[index][half...]), at: index + 1)
        runs[index].removeSubrange(half...)
    }

    mutating func remove(_ place: RoomCursor) {
        let index = run(of: place)
        guard index < runs.count else { return }
        let position = runs[index].index { place <= $0 }
        guard runs[index][position] == place else { return }
        count -= 1
        runs[index].remove(at: position)
        if runs[index].isEmpty { runs.remove(at: index) }
    }

    /// - Parameter cursor: where the page before ended; nil for the first page.
    func page(of most: Int, after cursor: RoomCursor?) -> [RoomCursor] {
        var page: [RoomCursor] = []
        let first = cursor.map(run(of:)) ?? 0
        for run in runs[first...] where page.count < most {
            let rest = cursor.map { cursor in run[run.index { cursor < $0 }...] } ?? run[...]
            page += rest.prefix(most - page.count)
        }
        return page
    }

    /// The first run whose last place does not come before this one.
    private func run(of place: RoomCursor) -> Int {
        runs.index { run in run.last.map { place <= $0 } ?? false }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first element that `isBehind`, which holds for all after it too; the end when there is none.
    fileprivate func index(isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
