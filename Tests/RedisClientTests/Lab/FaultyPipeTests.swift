import NIOCore
import RedisLab
import Testing

@Suite struct FaultyPipeTests {
    private func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    /// All that goes on now.
    private func drain(_ pipe: inout FaultyPipe) -> [FaultyPipe.Output] {
        var outputs: [FaultyPipe.Output] = []
        while let output = pipe.next() { outputs.append(output) }
        return outputs
    }

    @Test func `without a fault all goes on at once and in order`() {
        var pipe = FaultyPipe()
        pipe.received(bytes("+O"))
        #expect(drain(&pipe) == [.bytes(bytes("+O"))])
        pipe.received(bytes("K\r\n"))
        pipe.ended()
        #expect(drain(&pipe) == [.bytes(bytes("K\r\n")), .end])
        #expect(drain(&pipe) == [])
    }

    @Test func `what is held comes when the fault is over, and so does the end`() {
        var pipe = FaultyPipe()
        pipe.fault = .hold
        pipe.received(bytes("a"))
        pipe.received(bytes("b"))
        pipe.ended()
        #expect(drain(&pipe) == [])
        #expect(pipe.heldBytes == 2)
        pipe.fault = .none
        #expect(drain(&pipe) == [.bytes(bytes("ab")), .end])
        #expect(pipe.heldBytes == 0)
    }

    @Test func `a chopped stream is the same bytes one at a time`() {
        var pipe = FaultyPipe()
        pipe.fault = .chop
        pipe.received(bytes("+OK\r\n"))
        #expect(drain(&pipe) == "+OK\r\n".unicodeScalars.map { .bytes(bytes(String($0))) })
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func `garbage begins with no reply and has the same length`(
        _ seed: UInt64
    ) {
        let text = "$20\r\n01234567890123456789\r\n"
        #expect(garbled(text, seed) == garbled(text, seed))
        #expect(garbled(text, seed) != garbled(text, seed + 1))
        #expect(garbled(text, seed).count == text.utf8.count)
        #expect(!Array("+-:$*".utf8).contains(garbled(text, seed)[0]))
        // More than the first byte.
        #expect(Array(garbled(text, seed).dropFirst()) != Array(text.utf8.dropFirst()))
    }

    private func garbled(_ text: String, _ seed: UInt64) -> [UInt8] {
        var pipe = FaultyPipe()
        pipe.fault = .garble(seed: seed)
        pipe.received(bytes(text))
        guard case .bytes(let bytes) = pipe.next() else { return [] }
        return Array(bytes.readableBytesView)
    }
}
