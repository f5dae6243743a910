import NIOCore

@testable import RedisClient

/// Replies are the same however the bytes are cut up, and what follows a violation is not read.
enum RepliesCheck {
    static func check(_ input: [UInt8]) throws(FuzzTarget.Broken) {
        let whole = read([input[...]])
        let cut = Int(input.first ?? 0) % (input.count + 1)
        guard read([input[..<cut], input[cut...]]) == whole else {
            throw FuzzTarget.Broken("differs when cut at \(cut)")
        }
        guard read(input.indices.map { input[$0...$0] }) == whole else {
            throw FuzzTarget.Broken("differs byte by byte")
        }
    }

    private struct Reading: Equatable {
        var replies: [ReplyReader.Reply] = []
        /// Which of two violations is seen first may depend on the cut.
        var hasFailed = false
    }

    private static func read(_ parts: [ArraySlice<UInt8>]) -> Reading {
        // Small bounds, so that inputs of a few bytes reach them.
        var reader = ReplyReader(ReplyLimits(replyBytes: 512, bulkBytes: 128, lineBytes: 64, elements: 32, depth: 4))
        var reading = Reading()
        for part in parts {
            reader.read(ByteBuffer(bytes: part))
            while let reply = reader.next() { reading.replies.append(reply) }
            do throws(RedisError) {
                try reader.finish()
            } catch {
                reading.hasFailed = true
                return reading
            }
        }
        return reading
    }
}
