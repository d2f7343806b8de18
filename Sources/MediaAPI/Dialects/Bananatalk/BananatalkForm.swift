import ChatBridge
import Foundation

extension UploadForm {
    /// The form's fields as the JSON body that says the same.
    func message() throws -> JSONValue {
        var members = fields.mapValues { JSONValue.string($0) }
        if let location = fields["location"] {
            do {
                members["location"] = try JSONValue(parsing: location)
            } catch {
                throw APIError(code: .invalidField, message: "location is not valid JSON", cause: error)
            }
        }
        return .object(members)
    }
}

/// What a client says of its own recording. Believed only where the audio itself tells nothing.
struct VoiceClaims: Sendable {
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
