import JSON

/// What the chat server says to an upload.
package enum UploadAnswer: Sendable, Hashable {
    case accepted
    /// The reason is for the user who uploads; `nil` where there is none that may be shown.
    case refused(reason: String?)

    /// The most characters of a reason that is passed on.
    private static let maximumReason = 200
    /// The largest answer, in bytes.
    static let maximumBytes = 16 << 10

    /// The answer in the body of a response, `{"accept": true}` or `{"accept": false, "reason"?}`; `nil` where it is none.
    init?(_ body: [UInt8]) {
        let limits = JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 8, maximumValues: 1024)
        // Whatever it is instead, it is no answer.
        guard let value = try? JSONValue(parsing: body, limits: limits), let accepts = value["accept"]?.boolValue
        else { return nil }
        self = accepts ? .accepted : .refused(reason: Self.shown(value["reason"]?.stringValue))
    }

    /// A reason that is short and has one line of visible text.
    private static func shown(_ reason: String?) -> String? {
        guard let reason, (1...maximumReason).contains(reason.unicodeScalars.count),
            reason.unicodeScalars.allSatisfy({ isText($0) }), reason.unicodeScalars.contains(where: { $0 != " " })
        else { return nil }
        return reason
    }

    /// Whether it is no control, nor one that changes the direction of others, nor without a meaning in Unicode.
    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
