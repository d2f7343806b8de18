extension Int {
    /// The whole number next to `value`, or the bound that it is beyond; the lower one where it is no number. Never traps.
    public init(saturating value: Double, within bounds: ClosedRange<Int> = .min ... .max) {
        guard value > Double(bounds.lowerBound) else {
            self = bounds.lowerBound
            return
        }
        guard value < Double(bounds.upperBound) else {
            self = bounds.upperBound
            return
        }
        self = Int(value.rounded())
    }
}
