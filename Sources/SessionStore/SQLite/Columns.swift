/// SQLite knows no unsigned integers. These count steps and never come near 2^63, below which the order is the same.
extension UInt64 {
    init(column: Int64) { self.init(bitPattern: column) }
    var column: Int64 { Int64(bitPattern: self) }
}
