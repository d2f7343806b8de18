import MediaModel
import OpenAPI

extension RequestedLimits {
    private static let narrows = "A wider limit than that of the service has no effect."
    private static let texts = (
        size: "The largest size that is accepted, in bytes. \(narrows)",
        duration: "The longest duration that is accepted, in seconds. \(narrows)",
        pixels: "The most pixels of a picture or video frame that are accepted. \(narrows)"
    )
    private static let number = Schema.integer(1...Int.max)
    private static let names = MediaKind.allCases.map(\.rawValue)

    /// The fields of a form, which precede the file.
    static let formProperties: [Schema.Property] = [
        .optional(size, number, texts.size), .optional(duration, .number, texts.duration),
        .optional(pixels, number, texts.pixels),
        .optional(kinds, .string, "The accepted kinds, separated by commas: \(names.joined(separator: ", "))."),
    ]

    /// The members of a body.
    static let bodyProperties: [Schema.Property] = [
        .optional(size, number.nullable, texts.size), .optional(duration, Schema.number.nullable, texts.duration),
        .optional(pixels, number.nullable, texts.pixels),
        .optional(kinds, Schema.array(of: .oneOf(names)).nullable, "The accepted kinds."),
    ]

    /// What a client says of a resumable upload.
    static let parameters: [Parameter] = [
        .query(size, number, texts.size), .query(duration, .number, texts.duration),
        .query(pixels, number, texts.pixels),
        .query(kinds, .string, "The accepted kinds, separated by commas: \(names.joined(separator: ", "))."),
    ]
}
