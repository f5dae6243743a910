internal import DequeModule
internal import NIOCore
internal import SessionStore

/// Those who watch.
extension LoopHub {
    /// Notes what a delivery makes of a connection: one of those who watch a room, or one no longer.
    func seat(_ id: ConnectionID, as delivery: Delivery) {
        switch delivery {
        case .entered(let room, let membership) where membership.seat == nil:
            // One that has ended, or is about to, takes no notice of it and would never leave.
            guard connection(id)?.router.rooms[room] == membership else { return }
            galleries[room, default: Gallery()].enter(id, wantsPatches: membership.sync == .patch)
        case .entered(let room, _), .left(let room), .kicked(let room): leave(room, id)
        default: break
        }
    }

    func leave(_ room: RoomID, _ id: ConnectionID) {
        guard galleries[room] != nil else { return }
        galleries[room]?.leave(id)
        if galleries[room]?.isEmpty == true { galleries[room] = nil }
    }

    func tell(_ room: RoomID, _ delivery: Delivery) {
        guard let turns = galleries[room]?.turns else { return }
        if let missed = galleries[room]?.append(delivery), missed > 0 { metrics.statesReplaced(missed) }
        if turns == 0 { newsworthy.append(room) }
        if galleries[room]?.isOverdue == true { _ = takeTurns(in: room, .max) }
    }

    /// Tells what was said to a room to some who watch it, and goes on with the others when everybody else was heard.
    func takeTurns() {
        let isCrowd = turnsInARow >= Limits.crowd
        var left = isCrowd ? Limits.crowdTurns : Limits.galleryTurns
        turnsInARow += left
        while left > 0, let room = newsworthy.popFirst() {
            left -= takeTurns(in: room, left)
            if let turns = galleries[room]?.turns, turns > 0 { newsworthy.append(room) }
        }
        guard !newsworthy.isEmpty else { return turnsInARow = 0 }
        nextTurns = loop.scheduleTask(in: isCrowd ? Limits.crowdPause : Limits.galleryGlance) { [weak self] in
            self?.assumeIsolated { hub in
                hub.nextTurns = nil
                hub.takeTurns()
                hub.keepToBudget()
            }
        }
    }

    private func takeTurns(in room: RoomID, _ most: Int) -> Int {
        guard let turns = galleries[room]?.take(most) else { return 0 }
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
            guard let turn = galleries[room]?.take(for: id) else { continue }
            for delivery in turn.news.deliveries {
                if connection.deliver(delivery) { touched.append(connection) }
                seat(id, as: delivery)
            }
        }
    }
}
