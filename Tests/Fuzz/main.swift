// `fuzz TARGET CORPUS-FOLDER [libFuzzer's options]`: hands one target inputs that libFuzzer makes up, for as long as it is
// told, and stops at the first that breaks it. Built by scripts/fuzz alone.

import Foundation
import FuzzDriver

var arguments = CommandLine.arguments
guard arguments.count > 1, let target = FuzzTarget(rawValue: arguments.remove(at: 1)) else {
    print("usage: fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) FOLDER [OPTION...]")
    exit(64)
}
let check = target.check

/// libFuzzer keeps them as long as the process lives.
var count = CInt(arguments.count)
var texts: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = .allocate(capacity: arguments.count + 1)
for (index, argument) in arguments.enumerated() { texts?[index] = strdup(argument) }
texts?[arguments.count] = nil

let result = LLVMFuzzerRunDriver(&count, &texts) { start, count in
    do throws(FuzzTarget.Broken) {
        try check(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        fatalError(error.description)
    }
    return 0
}
exit(result)
