import Foundation
import MediaModel

/// How an inspection ended, as it travels from a worker.
struct InspectionResponse {
    /// The most bytes of one.
    static let maximumLength = 64 << 20
    /// The most bytes of its part in JSON: the thumbnail stands beside it.
    private static let maximumWords = 512 << 10
    /// The most characters of a text that a worker hands out.
    private static let maximumText = 500

    /// A refusal's parts.
    private struct Refusal: Codable {
        var code: MediaError.Code
        var message: String
        var duration: Double?
        var limit: Double?
        var cause: String?
    }

    let result: Result<Inspection, MediaError>

    init(_ result: Result<Inspection, MediaError>) { self.result = result }

    /// The frame that tells it. A finding's picture follows its words as it is: the length of the words, the words in
    /// JSON, the picture.
    func frame() throws(IPCError) -> IPCFrame {
        switch result {
        case .success(var inspection):
            let picture = inspection.thumbnail ?? []
            inspection.thumbnail = nil
            let words = try IPCFrame(.found, inspection).payload
            guard words.count <= Self.maximumWords, words.count + picture.count + 4 <= Self.maximumLength else {
                throw .malformed("a finding of \(words.count) and \(picture.count) bytes")
            }
            return IPCFrame(kind: .found, payload: UInt32(words.count).littleEndianBytes + words + picture)
        case .failure(let error):
            let refusal = Refusal(
                code: error.code, message: String(error.message.prefix(Self.maximumText)), duration: error.duration,
                limit: error.limit, cause: error.cause.map { String("\($0)".prefix(Self.maximumText)) })
            return try IPCFrame(.refused, refusal)
        }
    }

    /// What a worker says of `order`. It may lie: whatever an honest worker could not have found is thrown out.
    init(_ frame: IPCFrame, of order: InspectionOrder) throws(IPCError) {
        switch frame.kind {
        case .found:
            var inspection = try Self.inspection(frame.payload)
            inspection.thumbnailAbsence = inspection.thumbnailAbsence.map(Self.readable)
            for index in inspection.streams.indices {
                inspection.streams[index].codec = Self.readable(inspection.streams[index].codec)
            }
            try ResponseValidator(order: order).check(inspection)
            result = .success(inspection)
        case .refused:
            let refusal = try frame.decoded(as: Refusal.self)
            let error = MediaError(
                refusal.code, Self.readable(refusal.message), duration: refusal.duration, limit: refusal.limit,
                cause: refusal.cause.map { WorkerReport(Self.readable($0)) })
            try ResponseValidator(order: order).check(error)
            result = .failure(error)
        default: throw .malformed("no answer")
        }
    }

    /// A text as people and logs may get to read it: short, and without what cannot be seen.
    private static func readable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(maximumText).filter(FileName.isVisible)))
    }

    private static func inspection(_ payload: [UInt8]) throws(IPCError) -> Inspection {
        guard payload.count >= 4 else { throw .malformed("a finding that is cut short") }
        let length = Int(UInt32(littleEndianBytes: payload[..<4]))
        guard length <= maximumWords, length <= payload.count - 4 else {
            throw .malformed("a finding that is cut short")
        }
        var inspection = try IPCFrame(kind: .found, payload: Array(payload[4..<4 + length]))
            .decoded(as: Inspection.self)
        guard inspection.thumbnail == nil else { throw .malformed("a picture among the words") }
        if payload.count > 4 + length { inspection.thumbnail = Array(payload[(4 + length)...]) }
        return inspection
    }
}

/// What lay beneath a refusal, in the worker's words: for the log.
struct WorkerReport: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
