extension Int {
    /// Rounds `value` to the nearest integer that can be represented; 0 for NaN. Times in files can exceed every integer.
    public init(saturating value: Double) {
        self =
            value.isNaN
            ? 0 : Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
    }

    /// The sum, or the integer nearest to it that can be represented.
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
