internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine

/// What makes recovery and replays possible.
extension Laws {
    /// Two rooms that are told the same are the same after every step, to the byte.
    public func determinism() throws {
        var twin: Playout<G>?
        try inEveryPlayout(under: .determinism) { playout, step in
            if step == 0 { twin = try self.playout(playout.seed) } else { _ = try twin?.step() }
            guard let twin, twin.room.engine.snapshot == playout.room.engine.snapshot else {
                throw fault(.determinism, "two rounds from one seed differ")
            }
            guard try twin.room.snapshotBytes == playout.room.snapshotBytes else {
                throw fault(.determinism, "two equal rounds are written differently; is there a Set or a Dictionary?")
            }
        }
    }

    /// What is written to the store and read again is equal, and is written as the same bytes.
    public func storage() throws {
        try inEveryPlayout(under: .storage) { playout, _ in
            let bytes = try playout.room.snapshotBytes
            let copy = try JSONReader.decode(RoomSnapshot<G>.self, from: bytes)
            guard copy == playout.room.engine.snapshot else {
                throw fault(.storage, "a state that was written and read is another: \(text(bytes))")
            }
            guard try CanonicalJSON.encode(copy) == bytes else {
                throw fault(.storage, "a state that was written and read is written differently: \(text(bytes))")
            }
            guard bytes.count <= Self.mostSnapshotBytes else {
                throw fault(.storage, "a snapshot takes \(bytes.count) bytes, more than \(Self.mostSnapshotBytes)")
            }
        }
    }

    /// The inputs of a room, read back from its log and told to its beginning, lead to where it is.
    public func replay() throws {
        var again: RoomEngine<G>?
        var done = 0
        try inEveryPlayout(under: .replay) { playout, step in
            if step == 0 {
                again = try RoomEngine(options: settings, rules: RoomRules(G.manifest), seed: playout.roomSeed)
                done = 0
            }
            for (input, at) in playout.room.inputs.dropFirst(done) {
                guard let entry = input.logEntry(at: at) else { throw fault(.replay, "\(input) cannot be written") }
                do throws(ReplayFault) {
                    _ = try again?.replay(entry)
                } catch {
                    throw fault(.replay, "was played, and is not when read from the log (\(error)): \(text(entry))")
                }
            }
            done = playout.room.inputs.count
            guard again?.snapshot == playout.room.engine.snapshot else {
                throw fault(.replay, "the state differs after \(playout.room.inputs.last.map { "\($0.input)" } ?? "")")
            }
        }
    }

    /// A digest of every state in every playout. Equal in every process, on every machine, with every hash seed: print
    /// it in one process, with `SWIFT_DETERMINISTIC_HASHING` set, and compare it in another without.
    public func fingerprint() throws -> String {
        var digest: UInt64 = 0
        try inEveryPlayout(under: .determinism) { playout, _ in
            digest = Digest.of(Array("\(digest)".utf8) + (try playout.room.snapshotBytes))
        }
        return String(digest, radix: 16)
    }

    private static var mostSnapshotBytes: Int { 256 << 10 }

    func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
}
