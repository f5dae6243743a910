/// Somebody who has seen all rolls of a die so far and bets on the next one, in one of several ways.
///
/// None of them knows how the die is thrown: who could tell a good source's next roll by one of these, could win with it.
enum Gambler: CaseIterable {
    /// The number that came most often; the one that came least often, and so is due.
    case favourite, due
    /// What most often came after the last one, two, three, four rolls.
    case afterOne, afterTwo, afterThree, afterFour
    /// What came so many rolls ago, where that distance was right most often in the past.
    case echo
    /// A times the last roll and B times the one before, and C, by six: whatever A, B and C were right most often.
    case sum

    /// How often it is right about the second half, of which it sees each roll after its bet.
    func wins(on rolls: [Int]) -> Int {
        let half = rolls.count / 2
        let bets: [Int] =
            switch self {
            case .favourite: followers(of: 0, in: rolls) { $0.firstIndex(of: $0.max() ?? 0) }
            case .due: followers(of: 0, in: rolls) { $0.firstIndex(of: $0.min() ?? 0) }
            case .afterOne: followers(of: 1, in: rolls) { $0.firstIndex(of: $0.max() ?? 0) }
            case .afterTwo: followers(of: 2, in: rolls) { $0.firstIndex(of: $0.max() ?? 0) }
            case .afterThree: followers(of: 3, in: rolls) { $0.firstIndex(of: $0.max() ?? 0) }
            case .afterFour: followers(of: 4, in: rolls) { $0.firstIndex(of: $0.max() ?? 0) }
            case .echo: echoes(in: rolls)
            case .sum: sums(in: rolls)
            }
        return (half..<rolls.count).count { bets[$0] == rolls[$0] }
    }

    /// A bet for each roll, by how often each number came after the same so many rolls before it.
    private func followers(of length: Int, in rolls: [Int], _ choose: ([Int]) -> Int?) -> [Int] {
        var counts: [Int: [Int]] = [:]
        return rolls.indices.map { index in
            let context = rolls[max(0, index - length)..<index].reduce(0) { $0 * 6 + $1 - 1 }
            defer { counts[context, default: Array(repeating: 0, count: 6)][rolls[index] - 1] += 1 }
            return (counts[context].flatMap(choose) ?? 0) + 1
        }
    }

    private func echoes(in rolls: [Int]) -> [Int] {
        let half = rolls.count / 2
        let rightAgo = (1...min(1000, half / 2)).map { distance in
            (half / 2..<min(half, half / 2 + 2000)).count { rolls[$0] == rolls[$0 - distance] }
        }
        let best = (rightAgo.firstIndex(of: rightAgo.max() ?? 0) ?? 0) + 1
        return rolls.indices.map { $0 < best ? 1 : rolls[$0 - best] }
    }

    private func sums(in rolls: [Int]) -> [Int] {
        let half = rolls.count / 2
        func bet(_ factors: (Int, Int, Int), _ index: Int) -> Int {
            (factors.0 * rolls[index - 1] + factors.1 * rolls[index - 2] + factors.2) % 6 + 1
        }
        var best = ((0, 0, 0), wins: -1)
        for first in 0..<6 {
            for second in 0..<6 {
                for more in 0..<6 {
                    let wins = (2..<half).count { bet((first, second, more), $0) == rolls[$0] }
                    if wins > best.wins { best = ((first, second, more), wins) }
                }
            }
        }
        return rolls.indices.map { $0 < 2 ? 1 : bet(best.0, $0) }
    }
}
