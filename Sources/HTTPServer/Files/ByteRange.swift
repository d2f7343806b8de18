/// The one range that a `Range` field asks for (RFC 9110 section 14.1.2).
enum ByteRange: Equatable {
    /// No range, several, or none that can be read: the whole file is the response.
    case whole
    case part(Range<Int>)
    /// Behind the file's end.
    case unsatisfiable

    init(_ field: String, size: Int) {
        self = .whole
        guard equalsIgnoringCase(field.prefix(6), "bytes=") else { return }
        let bounds = trimmingWhitespace(field.dropFirst(6))
            .split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        // Digits only: a second range brings a comma.
        guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) else { return }
        let number: (Substring) -> Int? = { $0.isEmpty ? nil : Int($0) ?? Int.max }
        switch (number(bounds[0]), number(bounds[1])) {
        case (nil, nil): return
        case (nil, let suffix?):
            self = suffix > 0 && size > 0 ? .part(max(0, size - suffix)..<size) : .unsatisfiable
        case (let first?, nil):
            self = first < size ? .part(first..<size) : .unsatisfiable
        case (let first?, let last?):
            guard first <= last else { return }
            self = first < size ? .part(first..<(last < size ? last + 1 : size)) : .unsatisfiable
        }
    }
}
