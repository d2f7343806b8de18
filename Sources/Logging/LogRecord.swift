/// One record of the log.
public struct LogRecord: Sendable {
    /// Its importance.
    public let level: Logger.Level
    /// What happened, as a text that never varies.
    public let message: StaticString
    /// The values that vary, by name.
    public let metadata: Logger.Metadata

    /// `level=info msg="…" key=value …` (logfmt), keys in order, on one line whatever the values contain.
    public var logfmt: String {
        let fields = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted($0.value))" }
        return "level=\(level.rawValue) msg=\(Self.quoted(message.description))" + fields.joined()
    }

    /// `{"time":"…","level":"info","msg":"…","key":"value",…}`, keys of the metadata in order, on one line.
    /// - Parameter time: the time of the record.
    public func json(time: String) -> String {
        let fields = [("time", time), ("level", level.rawValue), ("msg", message.description)]
        let all = fields + metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return "{" + all.map { "\(Self.jsonString($0.0)):\(Self.jsonString($0.1))" }.joined(separator: ",") + "}"
    }

    /// A JSON string (RFC 8259 section 7).
    private static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where !scalar.isVisible:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func quoted(_ value: String) -> String {
        let plain = value.unicodeScalars.allSatisfy { $0.isVisible && $0 != " " && $0 != "\"" && $0 != "=" }
        if plain && !value.isEmpty { return value }
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case _ where !scalar.isVisible: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    /// Whether a line shows it as it is. Not controls (of terminals, too: C1), what ends a line, and what changes the order of
    /// others.
    fileprivate var isVisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
