import MediaModel

/// The result of an inspection, as a worker sends it.
struct InspectionResponse {
    /// The maximum length of the part in JSON, in bytes; the thumbnail follows it.
    private static let maximumJSON = 512 << 10
    /// The maximum number of characters of a text from a worker.
    private static let maximumText = 500

    /// An error as it is sent.
    private struct Rejection: Codable {
        var code: MediaError.Code
        var message: String
        var duration: Double?
        var limit: Double?
        var cause: String?
    }

    let result: Result<Inspection, MediaError>

    init(_ result: Result<Inspection, MediaError>) { self.result = result }

    /// Encodes the result. An inspection consists of the length of its JSON (32 bits, little endian), the JSON without the
    /// thumbnail, and the thumbnail.
    /// - Throws: ``IPCError/malformed(_:)`` for an inspection that is too long, or that JSON cannot represent.
    func frame() throws(IPCError) -> IPCFrame {
        switch result {
        case .success(var inspection):
            let thumbnail = inspection.thumbnail ?? []
            inspection.thumbnail = nil
            let json = try IPCFrame(.inspection, inspection).payload
            guard json.count <= Self.maximumJSON,
                json.count + thumbnail.count + 4 <= IPCFrame.Kind.inspection.maximumLength
            else { throw .malformed("an inspection of \(json.count) and \(thumbnail.count) bytes") }
            return IPCFrame(kind: .inspection, payload: UInt32(json.count).littleEndianBytes + json + thumbnail)
        case .failure(let error):
            let rejection = Rejection(
                code: error.code, message: String(error.message.prefix(Self.maximumText)), duration: error.duration,
                limit: error.limit, cause: error.cause.map { String("\($0)".prefix(Self.maximumText)) })
            return try IPCFrame(.rejection, rejection)
        }
    }

    /// Decodes a worker's response to `order`.
    /// - Throws: ``IPCError/malformed(_:)`` for anything that no correct worker can have found: a worker may have been taken
    ///   over by the file.
    init(_ frame: IPCFrame, to order: InspectionOrder) throws(IPCError) {
        switch frame.kind {
        case .inspection:
            var inspection = try Self.inspection(frame.payload)
            inspection.thumbnailFailure = inspection.thumbnailFailure.map(Self.displayable)
            for index in inspection.streams.indices {
                inspection.streams[index].codec = Self.displayable(inspection.streams[index].codec)
            }
            try ResponseValidator(order: order).validate(inspection)
            result = .success(inspection)
        case .rejection:
            let rejection = try frame.decoded(as: Rejection.self)
            let error = MediaError(
                rejection.code, Self.displayable(rejection.message), duration: rejection.duration,
                limit: rejection.limit, cause: rejection.cause.map { WorkerReport(Self.displayable($0)) })
            try ResponseValidator(order: order).validate(error)
            result = .failure(error)
        default: throw .malformed("no response")
        }
    }

    /// A text that clients and logs may show: short, and without invisible characters.
    private static func displayable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(maximumText).filter(FileName.isVisible)))
    }

    private static func inspection(_ payload: [UInt8]) throws(IPCError) -> Inspection {
        guard payload.count >= 4 else { throw .malformed("a truncated inspection") }
        let length = Int(UInt32(littleEndianBytes: payload[..<4]))
        guard length <= maximumJSON, length <= payload.count - 4 else { throw .malformed("a truncated inspection") }
        var inspection = try IPCFrame(kind: .inspection, payload: Array(payload[4..<4 + length]))
            .decoded(as: Inspection.self)
        guard inspection.thumbnail == nil else { throw .malformed("a thumbnail in the JSON") }
        if payload.count > 4 + length { inspection.thumbnail = Array(payload[(4 + length)...]) }
        return inspection
    }
}

/// The underlying error of a rejection, as the worker describes it: for the log.
struct WorkerReport: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
