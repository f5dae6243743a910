internal import PowerCutDisk

/// The disk that can lose its power, as the trials use it.
enum PowerCut {
    static func install() throws(Failure) {
        guard power_cuts_install() else { throw Failure("this SQLite has no file system to stand on") }
    }

    /// Watches `folder`, all of which is safe, until the cut has been written down with `image`.
    static func watch(_ folder: String, _ plan: power_cuts_plan) throws(Failure) {
        guard unsafe power_cuts_begin(folder, plan) else { throw Failure("\(folder) cannot be watched") }
    }

    static var isOut: Bool { power_cuts_is_out() }

    /// Writes what is left into another folder, which is there and empty.
    static func writeImage(to folder: String) throws(Failure) -> power_cuts_report {
        var report = power_cuts_report()
        guard unsafe power_cuts_write_image(folder, &report) else { throw Failure("\(folder) cannot be written") }
        return report
    }

    /// Only when all files in the folder are closed.
    static func end() { power_cuts_end() }
}

/// Why a trial could not be held, or what it found.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
