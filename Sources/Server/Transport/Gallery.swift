internal import DequeModule
internal import NIOCore

/// Those on one loop who watch one room, or the list of rooms, and what they are to be told. Pure; the ``LoopHub`` brings it
/// to them.
///
/// What is told to thousands is kept once, in a log in which each of them has a place. They take turns in a ring, a few at a
/// time, so that whoever plays waits for a few writes and not for thousands: whose turn it is gets all that came since the
/// last one as one piece, which is the same for all who stand at the same place. A state that a newer one follows is told to
/// nobody any more.
struct Gallery {
    /// All that somebody was not told yet.
    struct News {
        let deliveries: [Delivery]
        /// The same as it is written to a socket; nil where it is more than bytes.
        let piece: ByteBuffer?
    }

    struct Turn {
        let watcher: ConnectionID
        /// Whether the piece will do.
        let wantsPatches: Bool
        let news: News
    }

    private struct Watcher {
        let id: ConnectionID
        let wantsPatches: Bool
        /// The number of the first delivery that it was not told.
        var place: Int
    }

    private var watchers: [Watcher] = []
    private var indices: [ConnectionID: Int] = [:]

    /// nil where a state was replaced.
    private var log: Deque<Delivery?> = []
    /// How many were ever taken off the log; what turns positions in it into numbers that last.
    private var dropped = 0
    private var newestState: Int?
    /// How many were not told that one yet.
    private var unaware = 0
    private var byteCount = 0

    /// Whose turn it is.
    private var next = 0
    /// So many turns from there on, everybody has been told everything.
    private(set) var turns = 0
    /// How much had been said when the ring last began anew: nobody's place is before what it was the time before.
    private var lapStart = 0
    /// What the last one was told, who is likely to stand where the next one does.
    private var latest: (place: Int, end: Int, news: News)?

    private var end: Int { dropped + log.count }

    var isEmpty: Bool { watchers.isEmpty }
    /// More has come than should wait: nobody may be left so far behind that it cannot be made up.
    var isOverdue: Bool { byteCount > Limits.galleryBytes }

    // MARK: Watching

    /// From now on this connection is told what is told.
    mutating func enter(_ id: ConnectionID, wantsPatches: Bool) {
        let watcher = Watcher(id: id, wantsPatches: wantsPatches, place: end)
        if let index = indices[id] {
            passed(watchers[index])
            return watchers[index] = watcher
        }
        indices[id] = watchers.count
        watchers.append(watcher)
        // The turns that are left may go past it.
        if turns > 0 { turns += 1 }
    }

    mutating func leave(_ id: ConnectionID) {
        guard var hole = indices.removeValue(forKey: id) else { return }
        passed(watchers[hole])
        // Whoever had a turn stays before `next`, and whoever waits for one behind it.
        if hole < next {
            next -= 1
            move(next, to: hole)
            hole = next
            // Whoever comes to stand there may have been told, and takes a turn all the same.
            if turns > 0 { turns += 1 }
        }
        move(watchers.count - 1, to: hole)
        watchers.removeLast()
        turns = min(turns, watchers.count)
        if turns == 0 { forget() }
    }

    private mutating func move(_ index: Int, to hole: Int) {
        guard index != hole else { return }
        watchers[hole] = watchers[index]
        indices[watchers[hole].id] = hole
    }

    // MARK: Telling

    /// - Returns: how many will never see a state because of it.
    @discardableResult
    mutating func append(_ delivery: Delivery) -> Int {
        guard !watchers.isEmpty else { return 0 }
        var missed = 0
        if case .state(let state) = delivery {
            if let newestState, case .state(let old)? = log[newestState - dropped] {
                log[newestState - dropped] = nil
                byteCount -= old.frame.readableBytes
                missed = unaware
            }
            unaware = watchers.count
            newestState = end
            byteCount += state.frame.readableBytes
        }
        if case .message(let frame) = delivery { byteCount += frame.readableBytes }
        log.append(delivery)
        turns = watchers.count
        return missed
    }

    /// What some of those get whose turn it is.
    mutating func take(_ most: Int) -> [Turn] {
        var taken: [Turn] = []
        while turns > 0, taken.count < most {
            turns -= 1
            if next == watchers.count { beginLap() }
            if let news = news(for: next) {
                taken.append(Turn(watcher: watchers[next].id, wantsPatches: watchers[next].wantsPatches, news: news))
            }
            next += 1
        }
        if turns == 0 { forget() }
        return taken
    }

    /// What somebody gets out of turn, before it is told something that is meant for it alone.
    mutating func take(for id: ConnectionID) -> Turn? {
        guard let index = indices[id], let news = news(for: index) else { return nil }
        return Turn(watcher: id, wantsPatches: watchers[index].wantsPatches, news: news)
    }

    private mutating func news(for index: Int) -> News? {
        let (place, end) = (watchers[index].place, end)
        guard place < end else { return nil }
        passed(watchers[index])
        watchers[index].place = end
        if let latest, latest.place == place, latest.end == end { return latest.news }
        let news = News(log.dropFirst(place - dropped).compactMap(\.self))
        latest = (place, end, news)
        return news
    }

    /// Somebody is told the newest state, or goes without.
    private mutating func passed(_ watcher: Watcher) {
        if let newestState, watcher.place <= newestState { unaware -= 1 }
    }

    private mutating func beginLap() {
        next = 0
        drop(before: lapStart)
        lapStart = end
    }

    /// Everybody has been told everything.
    private mutating func forget() {
        drop(before: end)
        lapStart = end
    }

    private mutating func drop(before number: Int) {
        for case .message(let frame)? in log.prefix(number - dropped) { byteCount -= frame.readableBytes }
        if let newest = newestState, newest < number, case .state(let state)? = log[newest - dropped] {
            byteCount -= state.frame.readableBytes
            newestState = nil
        }
        log.removeFirst(number - dropped)
        dropped = number
        latest = nil
    }
}

extension Gallery.News {
    fileprivate init(_ deliveries: [Delivery]) {
        self.deliveries = deliveries
        let frames = deliveries.compactMap(\.frame)
        if frames.count == 1 || frames.count < deliveries.count {
            piece = frames.count == deliveries.count ? frames[0] : nil
        } else {
            var piece = ByteBuffer()
            piece.reserveCapacity(frames.reduce(0) { $0 + $1.readableBytes })
            for frame in frames { piece.writeImmutableBuffer(frame) }
            self.piece = piece
        }
    }
}

extension Delivery {
    /// What it is to somebody who wants whole states; nil where it is more than that.
    fileprivate var frame: ByteBuffer? {
        switch self {
        case .message(let frame): frame
        case .state(let state): state.frame
        default: nil
        }
    }
}
