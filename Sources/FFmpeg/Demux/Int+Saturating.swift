extension Int {
    /// The whole number nearest to `value`, or the nearest there is: what a file says of time may be beyond all numbers.
    public init(saturating value: Double) {
        self =
            value.isNaN
            ? 0 : Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
    }

    /// The sum, or the number nearest to it.
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
