internal import DequeModule
internal import NIOCore
internal import SessionStore

/// Those who watch: a room, or the list of rooms.
extension LoopHub {
    /// Notes what a delivery makes of a connection: one of those who watch, or one no longer.
    func seat(_ id: ConnectionID, as delivery: Delivery) {
        switch delivery {
        case .entered(let room, let membership) where membership.seat == nil:
            // One that has ended, or is about to, takes no notice of it and would never leave.
            guard connection(id)?.router.rooms[room] == membership else { return }
            galleries[.room(room), default: Gallery()].enter(id, wantsPatches: membership.sync == .patch)
        case .entered(let room, _), .left(let room), .kicked(let room): leave(.room(room), id)
        case .lobby(let list):
            guard let connection = connection(id) else { return }
            if let before = connection.lobby { leave(.lobby(before), id) }
            connection.lobby = list
            if let list { galleries[.lobby(list), default: Gallery()].enter(id, wantsPatches: false) }
        default: break
        }
    }

    func leave(_ watched: Watched, _ id: ConnectionID) {
        guard galleries[watched] != nil else { return }
        galleries[watched]?.leave(id)
        if galleries[watched]?.isEmpty == true { galleries[watched] = nil }
    }

    func tell(_ watched: Watched, _ delivery: Delivery) {
        guard let turns = galleries[watched]?.turns else { return }
        if let missed = galleries[watched]?.append(delivery), missed > 0 { metrics.statesReplaced(missed) }
        if turns == 0 { newsworthy.append(watched) }
        if galleries[watched]?.isOverdue == true { _ = takeTurns(in: watched, .max) }
    }

    /// Tells what was said to all to some who watch, and goes on with the others when everybody else was heard.
    func takeTurns() {
        let turnsAhead = newsworthy.first.flatMap { galleries[$0]?.turns } ?? 0
        let isCrowd = turnsInARow + turnsAhead > Limits.crowd
        var left = isCrowd ? Limits.crowdTurns : Limits.galleryTurns
        turnsInARow += left
        while left > 0, let watched = newsworthy.popFirst() {
            left -= takeTurns(in: watched, left)
            if let turns = galleries[watched]?.turns, turns > 0 { newsworthy.append(watched) }
        }
        guard !newsworthy.isEmpty else { return turnsInARow = 0 }
        nextTurns = loop.scheduleTask(in: isCrowd ? Limits.crowdPause : Limits.galleryGlance) { [weak self] in
            self?.assumeIsolated { $0.takeTurns(after: Limits.hopsOfMove) }
        }
    }

    /// Behind whatever was read before: each hop is one place further back among what the loop has to do.
    private func takeTurns(after hops: Int) {
        guard hops == 0 else {
            return loop.execute { [weak self] in self?.assumeIsolated { $0.takeTurns(after: hops - 1) } }
        }
        nextTurns = nil
        takeTurns()
        keepToBudget()
    }

    private func takeTurns(in watched: Watched, _ most: Int) -> Int {
        guard let turns = galleries[watched]?.take(most) else { return 0 }
        var sent = Metrics.Sent()
        for turn in turns {
            guard let connection = connection(turn.watcher) else { continue }
            connection.deliver(turn, &sent)
            if turn.news.piece == nil { for delivery in turn.news.deliveries { seat(turn.watcher, as: delivery) } }
        }
        metrics.sent(sent)
        return turns.count
    }

    /// Before somebody who watches is told something alone, it is told what was said to all.
    func catchUp(_ connection: Connection, _ id: ConnectionID) {
        for (room, membership) in connection.router.rooms.entries where membership.seat == nil {
            catchUp(connection, id, on: .room(room))
        }
        if let list = connection.lobby { catchUp(connection, id, on: .lobby(list)) }
    }

    private func catchUp(_ connection: Connection, _ id: ConnectionID, on watched: Watched) {
        guard let turn = galleries[watched]?.take(for: id) else { return }
        for delivery in turn.news.deliveries {
            if connection.deliver(delivery) { touched.append(connection) }
            seat(id, as: delivery)
        }
    }
}
