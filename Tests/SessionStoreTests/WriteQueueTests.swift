import Testing

@testable import SessionStore

@Suite struct WriteQueueTests {
    private var queue = WriteQueue<Int>()

    @Test mutating func `the first job wakes the writer and the others ride along`() {
        let answers = [queue.post(1), queue.post(2), queue.post(3)]
        let group = queue.nextGroup()
        #expect(answers == [.wakeWriter, .waits, .waits])
        #expect(group == [1, 2, 3])
    }

    @Test mutating func `what comes while a group is under way is the next group`() {
        _ = queue.post(1)
        _ = queue.nextGroup()
        let answers = [queue.post(2), queue.post(3)]
        let group = queue.nextGroup()
        #expect(answers == [.waits, .waits])
        #expect(group == [2, 3])
    }

    @Test mutating func `a writer that found nothing to do must be woken again`() {
        _ = queue.post(1)
        let groups = [queue.nextGroup(), queue.nextGroup()]
        let answer = queue.post(2)
        #expect(groups == [[1], nil])
        #expect(answer == .wakeWriter)
    }

    @Test mutating func `a full queue takes no more until the writer has taken a group`() {
        for job in 0..<WriteQueue<Int>.capacity { _ = queue.post(job) }
        let whenFull = queue.post(-1)
        let group = queue.nextGroup()
        let afterwards = queue.post(-1)
        #expect(whenFull == .isFull)
        #expect(group?.count == WriteQueue<Int>.capacity)
        #expect(afterwards == .waits)
    }

    @Test mutating func `a closed queue gives out what it has and takes nothing`() {
        _ = queue.post(1)
        let closes = [queue.close(), queue.close()]
        let answer = queue.post(2)
        let groups = [queue.nextGroup(), queue.nextGroup()]
        #expect(closes == [true, false])
        #expect(answer == .isClosed)
        #expect(groups == [[1], nil])
    }
}
