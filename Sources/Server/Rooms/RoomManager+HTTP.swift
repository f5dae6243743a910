internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// A room that is asked for over HTTP.
struct RoomOrder: Sendable {
    let gameType: String
    let options: [UInt8]?
    let visibility: RoomVisibility
    let idempotencyKey: String?
    let creator: Creator
}

/// Which public rooms are asked for over HTTP.
struct RoomQuery: Sendable {
    let gameType: String?
    let phase: RoomPhase?
    let limit: Int
    /// Where the page before ended.
    let cursor: RoomCursor?
}

struct RoomPage: Sendable {
    let rooms: [RoomRow]
    let next: RoomCursor?
}

extension RoomManager {
    func page(_ query: RoomQuery) -> RoomPage {
        // One more than fits says whether there is a next page.
        let rows = directory.rows(
            most: query.limit + 1, gameType: query.gameType, phase: query.phase, after: query.cursor)
        let page = Array(rows.prefix(query.limit))
        return RoomPage(rooms: page, next: rows.count > page.count ? page.last.map(RoomCursor.init) : nil)
    }

    /// Makes a room for somebody who is not connected. The promise succeeds once the room is stored.
    func create(_ order: RoomOrder, _ promise: EventLoopPromise<RoomID>) {
        if let key = order.idempotencyKey,
            let made = orders.first(where: { $0.key == key && $0.creator.isSame(as: order.creator) })
        {
            return promise.succeed(made.room)
        }
        do throws(Problem) {
            let game = try game(order.gameType)
            try checkAdmission(order.creator.address)
            let new = try newRoom(
                game, options: order.options, visibility: order.visibility, creator: order.creator)
            let room = new.header.id
            directory.settle(room)
            if let key = order.idempotencyKey {
                if orders.count == Limits.rememberedOrders { orders.removeFirst() }
                orders.append((key, order.creator, room))
            }
            node.shard(of: room).post(.create(new, promise))
        } catch {
            promise.fail(error)
        }
    }
}
