internal import RedisClient

extension UInt64 {
    /// In 20 digits, as many as the largest has: texts of it compare as the numbers do.
    var digits: String {
        let text = String(self)
        return String(repeating: "0", count: 20 - text.utf8.count) + text
    }
}

/// What Redis answered, and should have: another shape is `corrupt`, whoever wrote it.
extension RedisValue {
    static let fault = StoreError(.corrupt, "what is stored in Redis cannot be read")

    func bytes() throws(StoreError) -> [UInt8] {
        guard case .bytes(let bytes) = self else { throw Self.fault }
        return bytes
    }

    func text() throws(StoreError) -> String {
        switch self {
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .status(let text): return text
        case .null, .integer, .error, .array: throw Self.fault
        }
    }

    func integer<Value: FixedWidthInteger & LosslessStringConvertible>() throws(StoreError) -> Value {
        if case .integer(let number) = self, let value = Value(exactly: number) { return value }
        guard let value = Value(try text()) else { throw Self.fault }
        return value
    }

    /// - Parameter count: how many there must be; nil: any number.
    func array(of count: Int? = nil) throws(StoreError) -> [RedisValue] {
        guard case .array(let values) = self, count == nil || values.count == count else { throw Self.fault }
        return values
    }

    func arrayOfBytes() throws(StoreError) -> [[UInt8]] {
        var all: [[UInt8]] = []
        for value in try array() { all.append(try value.bytes()) }
        return all
    }
}

extension StoreError {
    /// What a failure of Redis means to whoever uses a store.
    init(_ error: RedisError) {
        switch error.code {
        case .closed: self.init(.closed, error.description)
        // Something else lies under the key, or a script of ours has a mistake: it will not get better by itself.
        case .refused: self.init(.corrupt, "Redis refuses: \(error.description)")
        case .unreachable, .connectionLost, .deadline, .overloaded, .protocolViolation, .notAllowed, .notWritable,
            .notReady, .moved, .noScript:
            self.init(.unavailable, error.description)
        }
    }
}

extension RedisConnection {
    func perform(_ command: RedisCommand) async throws(StoreError) -> RedisValue {
        do throws(RedisError) {
            return try await send(command)
        } catch {
            throw StoreError(error)
        }
    }

    func perform(_ call: RedisScript.Call) async throws(StoreError) -> RedisValue {
        do throws(RedisError) {
            return try await run(call)
        } catch {
            throw StoreError(error)
        }
    }
}
