import Bytes
package import HTTPServer
package import MediaModel
package import MediaWorker

/// A form with several files that was received. Each file was judged while it came, and stands or falls alone.
package struct UploadBatch: Sendable {
    /// What became of one file.
    package enum File: Sendable {
        /// It passed, and is not yet visible.
        case judged(ValidatedUpload)
        /// It was refused, and nothing of it is left. The name is the sender's.
        case refused(name: String?, APIError)

        func abort() async {
            if case .judged(let media) = self { await media.abort() }
        }
    }

    /// The fields' texts by name; of a field that came twice the last.
    package let fields: [String: String]
    /// The files, in the order in which they came.
    package let files: [File]
}

/// What a route expects of a form with several files.
package struct UploadBatchSpecification: Sendable {
    /// The names of the parts that are files.
    let fileFields: Set<String>
    /// Of each file.
    let policy: MediaPolicy
    /// The most files that are taken; those after them are refused, each by itself.
    let maximumFiles: Int
    /// Of all files together, in bytes.
    let maximumBytes: Int
    /// Makes the key of the next object, without its extension.
    let key: @Sendable () -> String
    /// Fields that must have come, each with what it is for.
    var required: [String: String] = [:]
    /// Looks at each field as it comes: what it throws ends all uploads at once.
    var check: @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in }

    package init(
        fileFields: Set<String>, policy: MediaPolicy, maximumFiles: Int, maximumBytes: Int,
        key: @escaping @Sendable () -> String, required: [String: String] = [:],
        check: @escaping @Sendable (_ name: String, _ text: String) async throws -> Void = { _, _ in }
    ) {
        self.fileFields = fileFields
        self.policy = policy
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

    /// What a form may hold: files that are too many have to be counted, not only refused.
    fileprivate var formLimits: MultipartLimits { MultipartLimits(maximumParts: 1_024) }

    fileprivate var tooLarge: MediaError {
        MediaError(.tooLarge, "The files are larger than \(maximumBytes) bytes together", limit: Double(maximumBytes))
    }
}

extension UploadReceiver {
    /// The form in the body of `request`, of which only what is wrong with the form itself throws. Then nothing of any
    /// file is left.
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
                    // Each file stands or falls alone, those that are too many as well.
                    let fits = files.count < specification.maximumFiles
                    files.append(
                        fits
                            ? try await judge(part, specification, &size)
                            : try await skip(part, specification, &size))
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

    /// A file that is one too many: its bytes count, and are thrown away.
    private func skip(
        _ part: MultipartPart, _ specification: UploadBatchSpecification, _ size: inout Int
    ) async throws -> UploadBatch.File {
        for try await chunk in part.body {
            size += chunk.count
            guard size <= specification.maximumBytes else { throw specification.tooLarge }
        }
        let problem = "has too many files: \(specification.maximumFiles) fit one form, send this one in another"
        return .refused(name: part.filename, APIError.invalid("The form", problem))
    }

    /// One file of the form. What is left of one that is refused is read all the same: others may follow.
    /// - Parameter size: what came of all files so far, in bytes.
    private func judge(
        _ part: MultipartPart, _ specification: UploadBatchSpecification, _ size: inout Int
    ) async throws -> UploadBatch.File {
        let upload = try await intake.begin(
            key: specification.key(), policy: specification.policy, filename: part.filename)
        var refusal: MediaError?
        do {
            for try await chunk in part.body {
                size += chunk.count
                guard size <= specification.maximumBytes else { throw specification.tooLarge }
                guard refusal == nil else { continue }
                do throws(MediaError) { try await upload.receive(chunk) } catch { refusal = error }
            }
        } catch {
            await upload.abort()
            throw error
        }
        do throws(MediaError) {
            if let refusal { throw refusal }
            return .judged(try await upload.finish())
        } catch {
            await upload.abort()
            return .refused(name: part.filename, APIError(error))
        }
    }
}
