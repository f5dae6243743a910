internal import SessionStore

/// A sort of trial, and what may come of it.
enum Kind: String, CaseIterable {
    /// The promise: nothing that was acknowledged is lost.
    case full
    /// The lesser promise: the newest may be lost, the rest is whole.
    case normal
    /// A disk that says "safe" and makes nothing safe. Shows that the trials would see a loss.
    case lying

    var synchronous: SQLiteDatabase.Synchronous { self == .normal ? .normal : .full }
    var lies: Bool { self == .lying }

    /// How many of the cuts asked for it takes. That a loss shows needs no hundreds.
    func share(of cuts: Int) -> Int { self == .lying ? min(cuts, max(2 * Life.cuts, cuts / 10)) : cuts }

    func accepts(_ cut: Life.Cut) -> Bool {
        switch self {
        case .full: cut.fault == nil && cut.lost == 0
        case .normal: cut.fault == nil
        case .lying: true
        }
    }

    /// Why the trials as a whole fail, if they do.
    func fault(in sums: Sums) -> String? {
        switch self {
        case .full: sums.lost + sums.broken > 0 ? "acknowledged was not safe" : nil
        case .normal: sums.broken > 0 ? "more was lost than the newest" : nil
        case .lying: sums.lost == 0 ? "a disk that lies was not found out: the trials see nothing" : nil
        }
    }
}
