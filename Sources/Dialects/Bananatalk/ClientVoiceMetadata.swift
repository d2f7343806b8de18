import Foundation
import JSON
import MediaModel

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
