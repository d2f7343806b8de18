extension Duration {
    /// In milliseconds, the rest cut off.
    public var wholeMilliseconds: Int {
        // A day's worth of attoseconds has room; what is beyond an `Int` of milliseconds is the greatest or the least.
        let (thousands, isBeyond) = components.seconds.multipliedReportingOverflow(by: 1000)
        let (sum, isOver) = thousands.addingReportingOverflow(components.attoseconds / 1_000_000_000_000_000)
        guard !isBeyond, !isOver else { return components.seconds < 0 ? .min : .max }
        return Int(sum)
    }
}
