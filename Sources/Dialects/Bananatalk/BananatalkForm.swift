import ChatBridge
import Foundation
import JSON
import MediaAPI
import MediaModel

/// Conversion of the dialect's form fields to JSON.
enum BananatalkForm {
    /// Converts form fields to the equivalent JSON body. A location is either one field that contains JSON, or separate
    /// fields such as `location[latitude]`.
    /// - Throws: `APIError` when a field is nested too deeply or contradicts another, or `location` is not valid JSON.
    static func message(_ fields: [String: String]) throws(APIError) -> JSONValue {
        guard case .object(var members) = try JSONValue(form: fields) else { return [:] }
        members["location"] = try members["location"].map { given throws(APIError) in try place(given) }
        return .object(members)
    }

    private static func place(_ given: JSONValue) throws(APIError) -> JSONValue {
        guard let text = given.stringValue else {
            var members = given.objectValue ?? [:]
            // Form fields are always strings, so numbers are parsed here.
            for name in ["latitude", "longitude"] { members[name] = members[name].map { number($0) ?? $0 } }
            return .object(members)
        }
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw APIError(code: .invalidField, message: "location is not valid JSON", cause: error)
        }
    }

    private static func number(_ value: JSONValue) -> JSONValue? {
        guard let text = value.stringValue, text.utf8.allSatisfy("0123456789+-.eE".utf8.contains),
            let number = Double(text), number.isFinite
        else { return nil }
        return .number(number)
    }
}

/// The metadata that a client sends with a voice recording. It is used only where the audio itself yields no value.
struct ClientVoiceMetadata: Sendable {
    /// The duration in seconds.
    let duration: Double?
    /// The waveform peaks, clamped to [0, 1].
    let waveform: [Float]?

    /// The maximum duration that is accepted, in seconds.
    private static let maximumDuration = 86_400.0
    /// The maximum number of peaks that are used.
    private static let maximumPeaks = 1024

    /// Reads the form fields `duration` and `waveform`; invalid values are ignored.
    init(_ fields: [String: String]) {
        duration = fields["duration"].flatMap(Double.init).flatMap {
            $0.isFinite && $0 >= 0 ? min($0, Self.maximumDuration) : nil
        }
        // The form is accepted without a waveform that is not valid.
        let peaks = fields["waveform"].flatMap { try? JSONValue(parsing: $0) }?.arrayValue?.prefix(Self.maximumPeaks)
            .map(\.doubleValue)
        waveform = peaks.flatMap { peaks in
            peaks.isEmpty || peaks.contains(nil) ? nil : peaks.compactMap { $0.map { Float(min(max($0, 0), 1)) } }
        }
    }

    /// Returns the record, with the client's values where nothing could be measured.
    func completing(_ record: MediaRecord) -> MediaRecord {
        var record = record
        record.duration = record.duration ?? duration
        record.waveform = record.waveform ?? waveform
        return record
    }
}
