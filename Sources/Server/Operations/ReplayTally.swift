internal import RoomEngine

/// What vouches for a history that is played again, as far as it was played. Pure.
struct ReplayTally: Equatable {
    private(set) var steps = 0
    private(set) var ticks = 0
    private(set) var verified = 0
    /// Steps after the last hash. One that comes before a hash needs none of its own: the state holds all that led to it.
    private(set) var unvouched = 0

    mutating func add(_ step: Playback.Step) {
        steps += 1
        if case .ticked = step.input { ticks += step.commits }
        if step.isVerified {
            verified += 1
            unvouched = 0
        } else {
            unvouched += 1
        }
    }

    var isVouchedFor: Bool { unvouched == 0 }

    var text: String {
        var text = "\(steps) steps, \(verified) hashes verified"
        if steps > verified { text += ", \(steps - verified) steps without a hash" }
        if ticks > 0 { text += " (\(ticks) ticks)" }
        if unvouched > 0 { text += "; nothing vouches for the last \(unvouched)" }
        return text
    }
}
