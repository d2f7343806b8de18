import JSON
import MediaModel

/// The limits that a request of the native API sets for one file. They hold within those of the settings: a wider one has no effect.
enum RequestedLimits {
    /// The largest size, in bytes.
    static let size = "maxSize"
    /// The longest duration, in seconds.
    static let duration = "maxDuration"
    /// The most pixels of a picture or a video frame.
    static let pixels = "maxPixels"
    /// The accepted kinds, separated by commas.
    static let kinds = "kinds"
    static let fields: Set<String> = [size, duration, pixels, kinds]

    /// The limits in the fields of a form; fields that are absent or empty set none.
    /// - Throws: ``APIError`` `invalidField`.
    static func parse(_ fields: [String: String]) throws(APIError) -> MediaLimits {
        func text(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
        return try limits(
            size: number(size, text(size)) { Int($0) },
            duration: number(duration, text(duration)) { Double($0).flatMap { Seconds($0)?.value } },
            pixels: number(pixels, text(pixels)) { Int($0) },
            kinds: text(kinds)?.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } })
    }

    /// The limits in the members of a body; members that are absent or `null` set none. ``kinds`` is a list.
    /// - Throws: ``APIError`` `invalidField`.
    static func parse(_ body: JSONValue) throws(APIError) -> MediaLimits {
        func member(_ name: String) -> JSONValue? { body[name].flatMap { $0.isNull ? nil : $0 } }
        return try limits(
            size: number(size, member(size)) { $0.integerValue },
            duration: number(duration, member(duration)) { $0.doubleValue.flatMap { Seconds($0)?.value } },
            pixels: number(pixels, member(pixels)) { $0.integerValue },
            // What is no list of texts is no list of kinds.
            kinds: member(kinds).map { $0.arrayValue?.map { $0.stringValue ?? "" } ?? [""] })
    }

    private static func number<Value, Number: Comparable & ExpressibleByIntegerLiteral>(
        _ name: String, _ value: Value?, _ convert: (Value) -> Number?
    ) throws(APIError) -> Number? {
        guard let value else { return nil }
        guard let number = convert(value), number > 0 else { throw .invalid(name, "is a number above 0") }
        return number
    }

    private static func limits(
        size: Int?, duration: Double?, pixels: Int?, kinds: [String]?
    ) throws(APIError) -> MediaLimits {
        var limits = MediaLimits()
        for kind in MediaKind.allCases {
            limits.bytes[kind] = size.map { MediaLimits.Limit($0, by: Self.size) }
            if kind.hasDuration { limits.seconds[kind] = duration.map { MediaLimits.Limit($0, by: Self.duration) } }
            if kind.hasPixels { limits.pixels[kind] = pixels.map { MediaLimits.Limit($0, by: Self.pixels) } }
        }
        guard let kinds else { return limits }
        let accepted = kinds.compactMap(MediaKind.init(rawValue:))
        guard accepted.count == kinds.count, !accepted.isEmpty else {
            throw .invalid(Self.kinds, "names some of \(MediaKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        for kind in MediaKind.allCases where !accepted.contains(kind) { limits.excludedKinds[kind] = Self.kinds }
        return limits
    }
}
