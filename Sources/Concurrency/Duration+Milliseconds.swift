extension Duration {
    /// The duration in milliseconds, rounded towards zero and clamped to the range of `Int`.
    public var wholeMilliseconds: Int {
        // What exceeds an `Int` of milliseconds becomes its greatest or least value.
        let (thousands, isBeyond) = components.seconds.multipliedReportingOverflow(by: 1000)
        let (sum, isOver) = thousands.addingReportingOverflow(components.attoseconds / 1_000_000_000_000_000)
        guard !isBeyond, !isOver else { return components.seconds < 0 ? .min : .max }
        return Int(sum)
    }
}
