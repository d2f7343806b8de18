package import HTTPServer
package import MediaModel
package import MediaWorker

/// A form that was received: its fields, and its file judged but not yet visible.
package struct UploadForm: Sendable {
    /// The fields' texts by name; of a field that came twice the last.
    package let fields: [String: String]
    /// The file, if one came.
    package let file: ValidatedUpload?
}

/// What a route expects of a form.
package struct UploadFormSpecification: Sendable {
    /// The name of the part that is the file.
    let fileField: String
    let policy: MediaPolicy
    /// The key of the object to be, without its extension.
    let key: String
    /// Fields that must have come, each with what it is for.
    var required: [String: String] = [:]
    /// Whether there may be no file.
    var fileIsOptional = false
    /// Whether the file may also come as text: in base64, or as a data URL. See ``Base64FileDecoder``.
    var takesText = false
    /// Looks at each field as it comes: what it throws ends the upload at once.
    var check: @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in }
    /// Looks at the whole once all has come: what it throws drops the file.
    var finish: @Sendable (_ fields: [String: String]) async throws -> Void = { _ in }
    /// How large a file may be that comes now, in bytes, where that is less than the policy's.
    var maximumBytesNow: @Sendable () async -> Int = { .max }

    package init(
        fileField: String, policy: MediaPolicy, key: String, required: [String: String] = [:],
        fileIsOptional: Bool = false, takesText: Bool = false,
        check: @escaping @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in },
        finish: @escaping @Sendable (_ fields: [String: String]) async throws -> Void = { _ in },
        maximumBytesNow: @escaping @Sendable () async -> Int = { .max }
    ) {
        self.fileField = fileField
        self.policy = policy
        self.key = key
        self.required = required
        self.fileIsOptional = fileIsOptional
        self.takesText = takesText
        self.check = check
        self.finish = finish
        self.maximumBytesNow = maximumBytesNow
    }

    fileprivate func checkComplete(_ fields: [String: String], hasFile: Bool) throws(APIError) {
        for (name, purpose) in required where fields[name]?.isEmpty ?? true { throw .missing(name, purpose) }
        guard hasFile || fileIsOptional else {
            throw .missing(fileField, "the file to send, as a part with a filename")
        }
    }
}

/// Receives forms with a file: parts in any order, the file judged while it arrives.
package struct UploadReceiver: Sendable {
    let intake: UploadPipeline
    /// What a form may hold beside its file.
    var limits = MultipartLimits(maximumParts: 32)

    /// What a body may be longer than the file it carries, in bytes: the boundaries, part headers and fields.
    static let framingAllowance = 1 << 20

    /// The form in the body of `request`. Throws before a byte of the body is read when the declared length is over the
    /// limit. Whatever it throws, nothing of the file is left.
    package func receive(_ request: HTTPRequest, _ specification: UploadFormSpecification) async throws -> UploadForm {
        let limit = specification.policy.maximumBytes
        if let declared = request.body.declaredLength, declared > limit + Self.framingAllowance {
            throw MediaError(.tooLarge, "The file is larger than \(limit) bytes", limit: Double(limit))
        }
        var fields: [String: String] = [:]
        var file: ValidatedUpload?
        do {
            for try await part in try MultipartReader(request, limits: limits) {
                if part.name == specification.fileField {
                    guard file == nil else {
                        throw APIError.invalid(part.name, "came twice: send one file a form")
                    }
                    file = try await receive(part, declared: request.body.declaredLength, specification)
                } else if part.filename == nil {
                    let text = try await part.text()
                    try await specification.check(part.name, text)
                    fields[part.name] = text
                }
            }
            try specification.checkComplete(fields, hasFile: file != nil)
            try await specification.finish(fields)
        } catch {
            await file?.abort()
            throw error
        }
        return UploadForm(fields: fields, file: file)
    }

    private func receive(
        _ part: MultipartPart, declared: Int?, _ specification: UploadFormSpecification
    ) async throws -> ValidatedUpload {
        var policy = specification.policy
        policy.maximumBytes = min(policy.maximumBytes, await specification.maximumBytesNow())
        // A body's length is not its file's, but nearly; as a hint it may not be over the limit that the file keeps.
        let hint = declared.map { min($0, policy.maximumBytes) }
        let upload = try await intake.begin(
            key: specification.key, policy: policy, declaredLength: hint, filename: part.filename)
        do {
            if specification.takesText, part.filename == nil {
                var text = Base64FileDecoder()
                for try await chunk in part.body { try await upload.receive(text.decode(chunk)) }
                try await upload.receive(text.finish())
            } else {
                for try await chunk in part.body { try await upload.receive(chunk) }
            }
            return try await upload.finish()
        } catch {
            await upload.abort()
            throw error
        }
    }
}
