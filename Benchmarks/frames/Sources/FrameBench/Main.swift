internal import Foundation
internal import NIOCore
internal import NIOEmbedded

/// What one message costs from the socket's bytes to checked text: NIO's decoder and aggregator with what they leave to
/// do, and our own decoder. Turns about, so that both meet the same machine: `frame-bench [ROUNDS]`, or `frame-bench
/// stock|own|none COUNT` for whoever counts instructions.
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.count == 2, let chain = arguments.first.flatMap(Chain.init),
            let count = arguments.last.flatMap({ Int($0) })
        {
            _ = try chain.time(count, .one)
            return
        }
        let rounds = arguments.first.flatMap { Int($0) } ?? 20
        for workload in Workload.allCases {
            var best: [Chain: Double] = [:]
            for _ in 0..<rounds {
                for chain in Chain.allCases {
                    best[chain] = min(best[chain] ?? .infinity, try chain.time(100_000, workload))
                }
            }
            let bare = best[.none] ?? 0
            let figures = [Chain.stock, .own].map { "\($0) \(Int((best[$0] ?? 0) - bare))" }
            print(
                "\(workload): ns of CPU for a message of 100 bytes, least of \(rounds): \(figures.joined(separator: ", "))"
            )
        }
    }
}

enum Workload: String, CaseIterable {
    /// A packet for each.
    case one
    /// Twenty in a packet.
    case twenty

    var messages: Int { self == .one ? 1 : 20 }
    var packet: [UInt8] {
        let text =
            #"{"type":"make_move","id":"k3f9-0001","roomId":"abcdefgh","data":{"dir":1,"input":1234567890,"pad":""}}"#
        let payload = Array(text.utf8.prefix(100))
        let key: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        let frame =
            [0x81, 0x80 | UInt8(payload.count)] + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
        return Array(repeatElement(frame, count: messages).joined())
    }
}

enum Chain: String, CaseIterable {
    case none, stock, own

    /// - Returns: nanoseconds of CPU for each message.
    func time(_ count: Int, _ workload: Workload) throws -> Double {
        let sink = Sink()
        let channel = EmbeddedChannel(handlers: handlers(sink))
        let packet = ByteBuffer(bytes: workload.packet)
        let passes = count / workload.messages
        let start = nanosecondsOfCPU()
        for _ in 0..<passes {
            // A read brings a buffer of its own.
            var fresh = ByteBufferAllocator().buffer(capacity: packet.readableBytes)
            fresh.writeImmutableBuffer(packet)
            channel.pipeline.fireChannelRead(fresh)
        }
        let taken = nanosecondsOfCPU() - start
        guard self == .none || sink.bytes == passes * workload.messages * 100 else { throw Lost(bytes: sink.bytes) }
        return Double(taken) / Double(passes * workload.messages)
    }

    private func handlers(_ sink: Sink) -> [any ChannelHandler] {
        switch self {
        case .none: [BareHandler(sink)]
        case .stock: stockHandlers(sink)
        case .own: [OwnHandler(sink)]
        }
    }
}

struct Lost: Error { let bytes: Int }

/// What came through.
final class Sink {
    var bytes = 0
    @inline(never) func take(_ text: ArraySlice<UInt8>) { bytes += text.count }
}

private func nanosecondsOfCPU() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
