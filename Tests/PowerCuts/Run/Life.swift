internal import Foundation
internal import PowerCutDisk
internal import SessionStore

/// A folder from its making through several power cuts, each on what the one before has left: recovering is work too, and
/// must bear a cut as any other.
struct Life {
    static let cuts = 3

    let kind: Kind
    let seed: UInt64

    /// - Parameter cuts: at most `Life.cuts`.
    /// - Returns: what came of each cut. The last may have broken the store.
    func live(cuts: Int) async throws -> [Cut] {
        let place = Self.place(kind, seed)
        var random = SeededRandom(seed: seed)
        var contents = Contents()
        var abandoned: [Contents] = []
        var done: [Cut] = []
        var folder = try Self.folder("0", in: place)
        stretches: for number in 1...cuts {
            let plan = Self.plan(kind, &random)
            let stretch = try await Stretch(in: folder, from: contents, kind.synchronous, plan)
            guard PowerCut.isOut else { throw Failure("the power never went") }
            let image = try Self.folder("\(number)", in: place)
            let report = try PowerCut.writeImage(to: image)
            PowerCut.end()
            // Looking changes it.
            let copy = "\(image)-opened"
            try FileManager.default.copyItem(atPath: image, toPath: copy)
            var cut = Cut(acknowledged: stretch.acknowledgedCommits, report: report)
            defer { done.append(cut) }
            switch await stretch.judge(copy, abandoned: abandoned) {
            case .whole(let end):
                cut.lost = stretch.lost(after: end)
                contents = stretch.history[end].contents
                // What follows on new commits, the old ones cannot.
                abandoned = (end == 0 ? abandoned : []) + stretch.history[(end + 1)...].map(\.contents)
            case .revived(let old):
                cut.lost = stretch.acknowledgedCommits
                cut.isRevived = true
                (contents, abandoned) = (old, abandoned + stretch.history.map(\.contents))
            case .broken(let fault):
                cut.fault = fault
                break stretches
            }
            folder = image
        }
        // What failed is kept, to be looked at.
        if done.allSatisfy({ kind.accepts($0) }) { try FileManager.default.removeItem(atPath: place) }
        return done
    }

    struct Cut {
        let acknowledged: Int
        let report: power_cuts_report
        /// Of those acknowledged.
        var lost = 0
        /// Whether something is back that an earlier cut had taken.
        var isRevived = false
        /// Why the store cannot be what it should, if it cannot.
        var fault: String?
    }

    /// Opening and making the tables takes few operations, and the log is folded in seldom: evenly spread cuts would
    /// hardly ever meet either.
    private static func plan(_ kind: Kind, _ random: inout SeededRandom) -> power_cuts_plan {
        let isDuringOpening = Int.random(in: 0..<5, using: &random) == 0
        let isDuringCheckpoint = !isDuringOpening && Int.random(in: 0..<3, using: &random) == 0
        let last: UInt64 = isDuringOpening ? 100 : isDuringCheckpoint ? 200 : 4000
        return power_cuts_plan(
            seed: random.next(), operation: .random(in: 1...last, using: &random),
            only_in_database: isDuringCheckpoint, lies: kind.lies)
    }

    // MARK: Folders

    /// Where a life is lived: in memory where there is some, for flushes are then free, and what they would be worth is
    /// the disk's to know.
    static func place(_ kind: Kind, _ seed: UInt64) -> String {
        let memory = "/dev/shm"
        let root = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        return "\(root)/parlor-power-cuts-\(kind.rawValue)-\(seed)-\(ProcessInfo.processInfo.processIdentifier)"
    }

    private static func folder(_ name: String, in place: String) throws -> String {
        let folder = "\(place)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
