import ChatBridge
import Foundation
import JSON
import MediaAPI
import MediaModel

/// A form of the dialect.
enum BananatalkForm {
    /// A form's fields as the JSON body that says the same. A place is one field in JSON, or `location[latitude]` and its like.
    static func message(_ fields: [String: String]) throws(APIError) -> JSONValue {
        guard case .object(var members) = try JSONValue(form: fields) else { return [:] }
        members["location"] = try members["location"].map { given throws(APIError) in try place(given) }
        return .object(members)
    }

    private static func place(_ given: JSONValue) throws(APIError) -> JSONValue {
        guard let text = given.stringValue else {
            var members = given.objectValue ?? [:]
            // A form knows texts alone.
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

/// What a client says of its own recording. Believed only where the audio itself tells nothing.
struct ClientVoiceMetadata: Sendable {
    /// In seconds.
    let duration: Double?
    /// Clamped to [0, 1].
    let waveform: [Float]?

    /// The longest duration that can be claimed, in seconds.
    private static let maximumDuration = 86_400.0
    private static let maximumPeaks = 1024

    /// The claims in a form's `duration` and `waveform`; what makes no sense is no claim.
    init(_ fields: [String: String]) {
        duration = fields["duration"].flatMap(Double.init).flatMap {
            $0.isFinite && $0 >= 0 ? min($0, Self.maximumDuration) : nil
        }
        let peaks = fields["waveform"].flatMap { try? JSONValue(parsing: $0) }?.arrayValue?.prefix(Self.maximumPeaks)
            .map(\.doubleValue)
        waveform = peaks.flatMap { peaks in
            peaks.isEmpty || peaks.contains(nil) ? nil : peaks.compactMap { $0.map { Float(min(max($0, 0), 1)) } }
        }
    }

    /// The record, with claims where nothing could be measured.
    func completing(_ record: MediaRecord) -> MediaRecord {
        var record = record
        record.duration = record.duration ?? duration
        record.waveform = record.waveform ?? waveform
        return record
    }
}
