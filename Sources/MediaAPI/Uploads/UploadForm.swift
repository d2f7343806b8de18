package import HTTPServer
package import MediaModel
package import MediaWorker

/// A received form: its fields, and its file, validated but not visible yet.
package struct UploadForm: Sendable {
    /// The values of the fields by name; the last value counts for a repeated field.
    package let fields: [String: String]
    /// The file, if there is one.
    package let file: ValidatedUpload?
}

/// The form that a route expects.
package struct UploadFormSpecification: Sendable {
    /// The name of the part that contains the file.
    let fileField: String
    let policy: MediaPolicy
    /// Returns who uploads; `nil` while that is not known. Then the chat server is asked at the end of the form.
    let sender: @Sendable () async -> UploadSender?
    /// Fields that are not passed on to the chat server: what proves who sends them.
    var secretFields: Set<String> = []
    /// The key of the new object, without its extension.
    let key: String
    /// The field that says which metadata are removed from the file; it precedes the file.
    var removalField: String?
    /// Fields that limit the file, and precede it.
    var limitFields: Set<String> = []
    /// The limits that these fields set.
    var limits: @Sendable (_ fields: [String: String]) throws -> MediaLimits = { _ in MediaLimits() }
    /// Required fields, each with a description.
    var required: [String: String] = [:]
    /// Whether the file may be missing.
    var fileIsOptional = false
    /// Whether the file may also be sent as text: in base64, or as a data URL. See ``Base64FileDecoder``.
    var acceptsText = false
    /// Validates each field as it arrives; an error ends the upload immediately.
    var check: @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in }
    /// Validates all fields at the end; an error discards the file.
    var finish: @Sendable (_ fields: [String: String]) async throws -> Void = { _ in }
    /// The maximum size of a file at this time, in bytes, where it is less than the policy's.
    var maximumBytesNow: @Sendable () async -> Int = { .max }

    /// A specification of a form; see the properties.
    package init(
        fileField: String, policy: MediaPolicy, sender: @escaping @Sendable () async -> UploadSender?,
        secretFields: Set<String> = [], key: String, required: [String: String] = [:],
        fileIsOptional: Bool = false, acceptsText: Bool = false,
        check: @escaping @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in },
        finish: @escaping @Sendable (_ fields: [String: String]) async throws -> Void = { _ in },
        maximumBytesNow: @escaping @Sendable () async -> Int = { .max }
    ) {
        self.fileField = fileField
        self.policy = policy
        self.sender = sender
        self.secretFields = secretFields
        self.key = key
        self.required = required
        self.fileIsOptional = fileIsOptional
        self.acceptsText = acceptsText
        self.check = check
        self.finish = finish
        self.maximumBytesNow = maximumBytesNow
    }

    fileprivate func mustPrecedeFile(_ field: String) -> Bool { field == removalField || limitFields.contains(field) }

    fileprivate func checkComplete(_ fields: [String: String], hasFile: Bool) throws(APIError) {
        for (name, purpose) in required where fields[name]?.isEmpty ?? true { throw .missing(name, purpose) }
        guard hasFile || fileIsOptional else {
            throw .missing(fileField, "the file to send, as a part with a filename")
        }
    }
}

/// Receives forms with one file: parts in any order, the file validated while it arrives.
package struct UploadReceiver: Sendable {
    let pipeline: UploadPipeline
    /// The limits of the form's other parts.
    var limits = MultipartLimits(maximumParts: 32)
    /// Asks the chat server whether it accepts a file; `nil` where it is not asked.
    var authorizer: UploadAuthorizer?
    /// Records files that are rejected while others of their form are accepted.
    var rejections: RejectedMedia?

    /// The maximum number of bytes of a body in addition to its files: boundaries, part headers and fields.
    static let framingAllowance = 1 << 20

    /// Receives the form in the body of `request`. A declared length over the limit is rejected before the body is
    /// read.
    /// - Throws: ``APIError``, `MediaError` or `MultipartError` when the form or its file is not valid; then the file
    ///   is not stored.
    package func receive(_ request: HTTPRequest, _ specification: UploadFormSpecification) async throws -> UploadForm {
        try specification.policy.narrowed(by: pipeline.limits)
            .validate(nil, bytes: minimumSize(request.body.declaredLength, isText: specification.acceptsText))
        var fields: [String: String] = [:]
        var file: ValidatedUpload?
        var unasked: MultipartPart?
        do {
            for try await part in try MultipartReader(request, limits: limits) {
                if part.name == specification.fileField {
                    guard file == nil else {
                        throw APIError.invalid(part.name, "came twice: send one file a form")
                    }
                    if try await !authorize(part, of: request, fields, specification) { unasked = part }
                    file = try await receive(part, declared: request.body.declaredLength, specification, fields)
                } else if part.filename == nil {
                    guard file == nil || !specification.mustPrecedeFile(part.name) else {
                        throw APIError.invalid(part.name, "has to come before the file")
                    }
                    let text = try await part.text()
                    try await specification.check(part.name, text)
                    fields[part.name] = text
                }
            }
            try specification.checkComplete(fields, hasFile: file != nil)
            try await specification.finish(fields)
            if let unasked, try await !authorize(unasked, of: request, fields, specification) {
                throw APIError.unauthorized
            }
        } catch {
            await file?.abort()
            throw error
        }
        return UploadForm(fields: fields, file: file)
    }

    /// The size that the file of a form has at least, where the form's body is `declared` bytes long.
    /// - Parameter isText: whether the file may be in base64, in short lines at worst.
    private func minimumSize(_ declared: Int?, isText: Bool) -> Int {
        let size = max(0, (declared ?? 0) - Self.framingAllowance)
        return isText ? size / 3 * 2 : size
    }

    /// Asks the chat server whether it accepts a file. Returns `false` where it could not be asked, because it is not known who uploads.
    private func authorize(
        _ part: MultipartPart, of request: HTTPRequest, _ fields: [String: String],
        _ specification: UploadFormSpecification
    ) async throws -> Bool {
        guard let authorizer else { return true }
        guard let sender = await specification.sender() else { return false }
        let known = fields.filter { !specification.secretFields.contains($0.key) }
        try await authorizer.authorize(UploadQuestion(part, of: request, by: sender, known))
        return true
    }

    private func receive(
        _ part: MultipartPart, declared: Int?, _ specification: UploadFormSpecification, _ fields: [String: String]
    ) async throws -> ValidatedUpload {
        let removal = try RequestedRemoval.parse(specification.removalField.flatMap { fields[$0] })
        var policy = specification.policy
        policy.maximumBytes = min(policy.maximumBytes, await specification.maximumBytesNow())
        policy = policy.narrowed(by: try specification.limits(fields)).narrowed(by: pipeline.limits)
        // The length of the body is slightly more than the file's; as a hint it must not exceed the limit of the file.
        let hint = declared.map { min($0, policy.largestFile) }
        let isText = specification.acceptsText && part.filename == nil
        let upload = try await pipeline.begin(
            key: specification.key, policy: policy, declaredLength: hint,
            minimumLength: minimumSize(declared, isText: isText), filename: part.filename, metadataRemoval: removal)
        do {
            if isText {
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

extension UploadQuestion {
    /// The question for a file of a form.
    /// - Parameter fields: those that came before it.
    init(_ part: MultipartPart, of request: HTTPRequest, by sender: UploadSender, _ fields: [String: String]) {
        self.init(.form, sender, path: request.path)
        self.fields = fields
        (name, contentType, requestSize) = (part.filename, part.contentType, request.body.declaredLength)
    }
}
