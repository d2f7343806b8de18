/// What a filter does with the next bytes of a file. A count that exceeds what is left of the file means all of it.
enum FilterStep {
    /// They are gathered, and examined together: at most some megabytes, as the filter decides.
    case collect(Int)
    /// They are kept, without being copied.
    case pass(Int)
    /// As many zeros take their place.
    case blank(Int)
    /// Nothing takes their place.
    case drop(Int)
}

/// The part of a filter that knows a format. ``SteppedFilter`` follows its steps in chunks of any size.
protocol FilterSteps: Sendable {
    /// Whether everything that was to be removed is removed, as far as is known until now.
    var isClean: Bool { get }

    /// Decides what becomes of the next bytes, once those of the previous step have arrived.
    /// - Parameters:
    ///   - bytes: what was collected, if that was the step: it is lost unless it is written to `output`.
    ///   - output: where to write what replaces them.
    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep

    /// Notes that the file ended within a step that collects.
    mutating func end(_ bytes: [UInt8], _ output: inout FilterOutput)
}

extension FilterSteps {
    mutating func end(_ bytes: [UInt8], _ output: inout FilterOutput) { output.write(bytes) }
}
