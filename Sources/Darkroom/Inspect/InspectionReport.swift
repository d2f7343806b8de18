import Foundation
import MediaModel
import MediaWorker

/// The result of validating one file, as text or JSON.
struct InspectionReport {
    let file: String
    let outcome: Result<Inspection, MediaError>

    var inspection: Inspection? {
        if case .success(let inspection) = outcome { inspection } else { nil }
    }

    var error: MediaError? {
        if case .failure(let error) = outcome { error } else { nil }
    }

    /// One line of JSON, without the thumbnail's bytes.
    func json() throws -> String {
        var thumbnail: ThumbnailReport?
        var summary = inspection
        if let inspection, inspection.thumbnail != nil || inspection.thumbnailFailure != nil {
            thumbnail = ThumbnailReport(bytes: inspection.thumbnail?.count, absence: inspection.thumbnailFailure)
            summary?.thumbnail = nil
            summary?.thumbnailFailure = nil
        }
        let line = JSONReport(
            file: file, result: error == nil ? "accepted" : "refused",
            error: error.map { Rejection(code: $0.code.rawValue, message: $0.message) }, media: summary,
            thumbnail: thumbnail)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }

    /// Several lines of text for a terminal.
    var text: String {
        guard let inspection else {
            return "\(file)\n  rejected  \(error?.code.rawValue ?? ""): \(error?.message ?? "")"
        }
        var lines = [file, "  accepted  \(inspection.kind.rawValue), \(inspection.mimeType)"]
        if let duration = inspection.duration { lines.append("  duration  \(Self.seconds(duration))") }
        if let size = inspection.dimensions { lines.append("  size      \(size.width) × \(size.height)") }
        lines += inspection.streams.map { "  stream    \(Self.describe($0))" }
        if let thumbnail = inspection.thumbnail {
            lines.append("  thumbnail \(thumbnail.count) bytes of JPEG")
        } else if let absence = inspection.thumbnailFailure {
            lines.append("  thumbnail none: \(absence)")
        }
        if let hash = inspection.blurHash { lines.append("  blurhash  \(hash)") }
        if let peaks = inspection.waveform { lines.append("  waveform  \(Self.bars(peaks))") }
        return lines.joined(separator: "\n")
    }

    private static func seconds(_ duration: Double) -> String {
        duration.formatted(.number.precision(.fractionLength(0...3)).grouping(.never)) + " s"
    }

    private static func describe(_ stream: StreamSummary) -> String {
        [
            stream.type, stream.codec,
            stream.dimensions.map { "\($0.width) × \($0.height)" },
            stream.rotation.flatMap { $0 == 0 ? nil : "turned by \($0)°" },
            stream.channels.map { "\($0) channel\($0 == 1 ? "" : "s")" },
            stream.sampleRate.map { "\($0) Hz" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    private static func bars(_ peaks: [Float]) -> String {
        let heights = Array("▁▂▃▄▅▆▇█")
        return String(peaks.map { heights[min(heights.count - 1, Int($0 * Float(heights.count)))] })
    }

    private struct JSONReport: Encodable {
        let file: String
        /// `accepted` or `refused`; the scripts of users read this name and these values.
        let result: String
        let error: Rejection?
        let media: Inspection?
        let thumbnail: ThumbnailReport?

        private enum CodingKeys: String, CodingKey {
            case file
            case result = "verdict"
            case error, media, thumbnail
        }
    }

    private struct Rejection: Encodable {
        let code: String
        let message: String
    }

    private struct ThumbnailReport: Encodable {
        let bytes: Int?
        let absence: String?
    }
}
