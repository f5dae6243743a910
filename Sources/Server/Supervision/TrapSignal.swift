#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The signals by which a process ends because of its own code.
enum TrapSignal: CaseIterable {
    case illegalInstruction, trap, segmentationFault, busError, arithmeticFault, abort

    var rawValue: Int32 {
        switch self {
        case .illegalInstruction: SIGILL
        case .trap: SIGTRAP
        case .segmentationFault: SIGSEGV
        case .busError: SIGBUS
        case .arithmeticFault: SIGFPE
        case .abort: SIGABRT
        }
    }

    init?(rawValue: Int32) {
        guard let signal = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = signal
    }
}
