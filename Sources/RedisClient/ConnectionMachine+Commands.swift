internal import DequeModule
internal import NIOCore

/// Commands and their replies: what happens for each.
extension ConnectionMachine {
    mutating func given(_ commands: Commands, _ completion: Completion, at now: NIODeadline) -> Given {
        let count = commands.count
        switch phase {
        case .closed: return .refused(RedisError(.closed, "the connection is closed"))
        case .waiting(_, let error): return .refused(error.ofUnsent)
        case .resolving, .connecting, .handshake, .ready: break
        }
        guard load + count <= settings.mostInFlight else {
            return .refused(RedisError(.overloaded, "too many commands are under way"))
        }
        load += count
        let deadline = now + settings.deadline
        if case .ready = phase {
            inFlight.append(InFlight(completion: completion, left: count, deadline: deadline))
            return .write
        }
        queue.append(Waiting(commands: commands, completion: completion, deadline: deadline))
        return .waits
    }

    /// The next reply that a reader of that attempt has.
    mutating func next(
        from reader: inout ReplyReader, _ attempt: Int, at now: @autoclosure () -> NIODeadline
    ) -> (ReplyReader.Reply, Replied)? {
        guard attempt == self.attempt, let reply = reader.next() else { return nil }
        return (reply, replied(reply, moreCame: reader.left > 0, at: now()))
    }

    /// - Parameter moreCame: whether further replies came together with this one.
    mutating func replied(
        _ reply: Result<RedisValue, RedisError>, moreCame: Bool, at now: @autoclosure () -> NIODeadline
    ) -> Replied {
        switch phase {
        case .ready: return repliedWhenReady(reply, at: now())
        case .handshake(var handshake, let until):
            switch handshake.answered(reply) {
            case .goesOn:
                phase = .handshake(handshake, until: until)
                return .act([])
            case .failed(let error): return .act(leave(error, at: now()))
            case .done:
                // Nothing that waits has been sent, so nothing more can be an answer.
                return .act(moreCame ? leave(.unasked, at: now()) : noteReady(handshake, at: now()))
            }
        case .resolving, .connecting: return .act(leave(.unasked, at: now()))
        case .waiting, .closed: return .act([])
        }
    }

    private mutating func repliedWhenReady(
        _ reply: Result<RedisValue, RedisError>, at now: @autoclosure () -> NIODeadline
    ) -> Replied {
        guard !inFlight.isEmpty else { return .act(leave(.unasked, at: now())) }
        load -= 1
        let completion: Completion
        if inFlight[0].left > 1 {
            inFlight[0].left -= 1
            completion = inFlight[0].completion
        } else {
            completion = inFlight.removeFirst().completion
        }
        if case .failure(let error) = reply, error.asksForAnotherServer {
            return .deliverAndAct(completion, leave(error, at: now()))
        }
        return .deliver(completion)
    }
}
