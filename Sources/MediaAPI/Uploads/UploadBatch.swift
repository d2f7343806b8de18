import Bytes
package import HTTPServer
package import MediaModel
package import MediaWorker

/// A received form with several files. Each file was validated while it arrived, independently of the others.
package struct UploadBatch: Sendable {
    /// The result for one file.
    package enum File: Sendable {
        /// The file is valid and not visible yet.
        case validated(ValidatedUpload)
        /// The file was rejected and is not stored. The name is the one that the client sent.
        case rejected(name: String?, APIError)

        func abort() async {
            if case .validated(let media) = self { await media.abort() }
        }
    }

    /// The values of the fields by name; the last value counts for a repeated field.
    package let fields: [String: String]
    /// The files, in the order in which they arrived.
    package let files: [File]
}

/// The form with several files that a route expects.
package struct UploadBatchSpecification: Sendable {
    /// The names of the parts that contain files.
    let fileFields: Set<String>
    /// The policy of each file.
    let policy: MediaPolicy
    /// Who uploads them.
    let sender: UploadSender
    /// The maximum number of files; further files are rejected individually.
    let maximumFiles: Int
    /// The maximum size of all files together, in bytes.
    let maximumBytes: Int
    /// Returns the key of the next object, without its extension.
    let key: @Sendable () -> String
    /// Required fields, each with a description.
    var required: [String: String] = [:]
    /// Validates each field as it arrives; an error ends all uploads immediately.
    var check: @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in }

    /// A specification of a form; see the properties.
    package init(
        fileFields: Set<String>, policy: MediaPolicy, sender: UploadSender, maximumFiles: Int, maximumBytes: Int,
        key: @escaping @Sendable () -> String, required: [String: String] = [:],
        check: @escaping @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in }
    ) {
        self.fileFields = fileFields
        self.policy = policy
        self.sender = sender
        self.maximumFiles = maximumFiles
        self.maximumBytes = maximumBytes
        self.key = key
        self.required = required
        self.check = check
    }

    fileprivate func checkComplete(_ batch: UploadBatch) throws(APIError) {
        for (name, purpose) in required where batch.fields[name]?.isEmpty ?? true { throw .missing(name, purpose) }
        guard !batch.files.isEmpty else {
            throw .missing(fileFields.sorted()[0], "the files to send, each a part with a filename")
        }
    }

    /// The limits of the form. They exceed the number of files, because surplus files are rejected individually.
    fileprivate var formLimits: MultipartLimits { MultipartLimits(maximumParts: 1_024) }

    fileprivate var tooLarge: MediaError {
        MediaError(.tooLarge, "The files are larger than \(maximumBytes) bytes together", limit: Double(maximumBytes))
    }
}

extension UploadReceiver {
    /// Receives the form in the body of `request`. Rejected files are part of the result.
    /// - Throws: ``APIError``, `MediaError` or `MultipartError` when the form as a whole is not valid; then no file is
    ///   stored.
    package func receiveBatch(_ request: HTTPRequest, _ specification: UploadBatchSpecification) async throws
        -> UploadBatch
    {
        if let declared = request.body.declaredLength, declared > specification.maximumBytes + Self.framingAllowance {
            throw specification.tooLarge
        }
        var (fields, files, size) = ([String: String](), [UploadBatch.File](), 0)
        do {
            for try await part in try MultipartReader(request, limits: specification.formLimits) {
                if specification.fileFields.contains(part.name) {
                    // Files are accepted or rejected individually, surplus ones too.
                    var rejection: APIError?
                    if files.count >= specification.maximumFiles {
                        rejection = .tooManyFiles(specification.maximumFiles)
                    } else {
                        rejection = try await refusal(
                            of: UploadQuestion(part, of: request, by: specification.sender, fields))
                    }
                    if let rejection {
                        files.append(try await skip(part, rejection, specification, &size))
                    } else {
                        files.append(try await validate(part, specification, &size))
                    }
                } else if part.filename == nil {
                    let text = try await part.text()
                    try await specification.check(part.name, text)
                    fields[part.name] = text
                }
            }
            let batch = UploadBatch(fields: fields, files: files)
            try specification.checkComplete(batch)
            return batch
        } catch {
            for file in files { await file.abort() }
            throw error
        }
    }

    /// Asks the chat server whether it accepts a file of several. Returns why it does not.
    /// - Throws: ``APIError`` where it does not say; then it would not for the others either.
    private func refusal(of question: UploadQuestion) async throws -> APIError? {
        do {
            try await authorizer?.authorize(question)
            return nil
        } catch let error as APIError where error.code == .uploadRefused {
            return error
        }
    }

    /// Skips a file that is not accepted: its bytes count towards the limit and are discarded.
    private func skip(
        _ part: MultipartPart, _ rejection: APIError, _ specification: UploadBatchSpecification, _ size: inout Int
    ) async throws -> UploadBatch.File {
        for try await chunk in part.body {
            size += chunk.count
            guard size <= specification.maximumBytes else { throw specification.tooLarge }
        }
        return .rejected(name: part.filename, rejection)
    }

    /// Validates one file of the form. The rest of a rejected file is read nevertheless, because others may follow.
    /// - Parameter size: the size of all files received so far, in bytes.
    private func validate(
        _ part: MultipartPart, _ specification: UploadBatchSpecification, _ size: inout Int
    ) async throws -> UploadBatch.File {
        let upload = try await pipeline.begin(
            key: specification.key(), policy: specification.policy, filename: part.filename)
        var rejection: MediaError?
        do {
            for try await chunk in part.body {
                size += chunk.count
                guard size <= specification.maximumBytes else { throw specification.tooLarge }
                guard rejection == nil else { continue }
                do throws(MediaError) { try await upload.receive(chunk) } catch { rejection = error }
            }
        } catch {
            await upload.abort()
            throw error
        }
        do throws(MediaError) {
            if let rejection { throw rejection }
            return .validated(try await upload.finish())
        } catch {
            await upload.abort()
            await rejections?.record(error, name: part.filename)
            return .rejected(name: part.filename, APIError(error))
        }
    }
}

extension APIError {
    fileprivate static func tooManyFiles(_ maximum: Int) -> APIError {
        .invalid("The form", "has too many files: \(maximum) fit one form, send this one in another")
    }
}
