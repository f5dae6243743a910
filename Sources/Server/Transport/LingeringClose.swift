internal import NIOCore

extension Channel {
    /// Ends a connection behind its last answer: says no more, and reads on for a moment. Closed at once, with something
    /// yet unread, the peer's system would throw that answer away (RFC 9112, section 9.6).
    func closeLingering() {
        close(mode: .output, promise: nil)
        eventLoop.scheduleTask(in: Limits.closeTime) { self.close(promise: nil) }
    }
}
