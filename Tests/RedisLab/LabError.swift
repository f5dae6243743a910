/// Why the laboratory could not do what a test wants.
public struct LabError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
