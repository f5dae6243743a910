internal import NIOCore

/// The room list, and who watches it.
extension RoomManager {
    func list(_ connection: ConnectionID, _ id: MessageID?, _ gameType: String?) {
        do throws(Problem) {
            if let gameType { _ = try game(gameType) }
            answerList(roomList(id, gameType), connection)
        } catch {
            answerList(Frame.text(ServerMessage.failure(nil, id: id, error)), connection)
        }
    }

    func watch(_ connection: ConnectionID, _ id: MessageID?, _ gameType: String?) {
        do throws(Problem) {
            if let gameType { _ = try game(gameType) }
            guard lobby.watcherCount < Limits.lobbyWatchers else {
                node.metrics.refused(.lobbyWatchers)
                throw Problem(.serverBusy, "Too many are watching the lobby.", retryAfter: .seconds(10))
            }
            // What is not told yet belongs to who watched before: the list below has it already.
            flushLobby()
            let list = RoomList(gameType: gameType)
            lobby.watch(connection, list)
            node.answer(ServerMessage.success("watch_lobby_result", id: id), to: connection)
            answerList(roomList(nil, gameType), connection)
            node.deliver(.lobby(list), to: connection)
        } catch {
            answerList(Frame.text(ServerMessage.failure("watch_lobby_result", id: id, error)), connection)
        }
    }

    /// The connection may ask for the next one.
    private func answerList(_ frame: ByteBuffer, _ connection: ConnectionID) {
        node.deliver(.answer(frame, to: .list), to: connection)
    }

    /// Whoever asks without an id shares one frame with all others who do: it is the largest that there is.
    private func roomList(_ id: MessageID?, _ gameType: String?) -> ByteBuffer {
        let text = directory.listText(gameType: gameType)
        if id == nil, let known = listFrames[gameType], known.text == text { return known.frame }
        let frame = Frame.text(ServerMessage.plain("room_list", id: id) { $0.append(members: text) })
        if id == nil { listFrames[gameType] = (text, frame) }
        return frame
    }

    func flushLobbySoon() {
        guard lobby.hasNews, lobbyFlush == nil else { return }
        lobbyFlush = loop.scheduleTask(in: Limits.lobbyInterval) { [self] in
            assumeIsolated { $0.flushLobby() }
        }
    }

    /// - Parameter id: of the request; nil when the connection has ended.
    func unwatch(_ connection: ConnectionID, _ id: MessageID?) {
        if lobby.unwatch(connection) { node.deliver(.lobby(nil), to: connection) }
        if let id { node.answer(ServerMessage.success("unwatch_lobby_result", id: id), to: connection) }
    }

    func flushLobby() {
        lobbyFlush?.cancel()
        lobbyFlush = nil
        let updates = lobby.flush { list in
            (directory.rows(most: Limits.lobbyList, gameType: list.gameType), directory.listed(gameType: list.gameType))
        }
        for (list, message) in updates {
            let news = [Parcel(to: .gallery(.lobby(list)), delivery: .message(Frame.text(message)))]
            for hub in node.hubs { hub.post(news) }
        }
    }
}
