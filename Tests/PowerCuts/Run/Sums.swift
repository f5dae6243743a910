internal import PowerCutDisk

/// What came of all cuts of a kind.
struct Sums {
    private(set) var cuts = 0
    private(set) var duringCheckpoint = 0
    private(set) var acknowledged = 0
    private(set) var lost = 0
    private(set) var worst = 0
    private(set) var revived = 0
    private(set) var broken = 0
    private(set) var unsynced: UInt64 = 0
    private(set) var landed: UInt64 = 0

    mutating func add(_ cut: Life.Cut) {
        cuts += 1
        duringCheckpoint += cut.report.in_database ? 1 : 0
        acknowledged += cut.acknowledged
        lost += cut.lost
        worst = max(worst, cut.lost)
        revived += cut.isRevived ? 1 : 0
        broken += cut.fault == nil ? 0 : 1
        unsynced += cut.report.unsynced
        landed += cut.report.landed + cut.report.torn
    }

    static let head = row(
        [
            "kind", "cuts", "in the file", "not synced", "landed", "acknowledged", "lost", "worst cut", "revived",
            "corrupt",
        ])

    func row(_ kind: Kind) -> String {
        let numbers = [cuts, duringCheckpoint, Int(unsynced), Int(landed), acknowledged, lost, worst, revived, broken]
        return Self.row([kind.rawValue] + numbers.map { "\($0)" })
    }

    private static func row(_ columns: [String]) -> String {
        let widths = [6, 5, 11, 13, 8, 12, 8, 9, 7, 7]
        return zip(columns, widths).map { text, width in
            String(repeating: " ", count: max(0, width - text.count)) + text
        }.joined(separator: "  ")
    }
}
