package import ChatBridge
package import HTTPServer
package import MediaModel

/// The upload call of an API whose resumable form an upload is: what that call checks, makes and answers. The request with the last bytes finishes an
/// upload, at whichever node; what is made has an ID that was recorded before, and is made once.
package protocol ResumableCall: Sendable {
    /// The size of the largest file of any kind, in bytes.
    var maximumBytes: Int { get }
    /// The field of a response that has the ID of what was made.
    var resultField: String { get }
    /// How descriptions of the API show its resumable uploads.
    var description: ResumableDescription { get }
    /// Checks what the client says of a file, and that the caller may send it, before any of its bytes arrive.
    /// - Throws: what the ordinary call throws.
    func check(_ fields: ResumableFields, by caller: ChatCaller) async throws
    /// Which files are accepted with these fields.
    /// - Throws: what the ordinary call throws for fields that are not valid.
    func policy(_ fields: ResumableFields) throws -> MediaPolicy
    /// Checks the kind of the file, which the fields may restrict.
    /// - Throws: what the ordinary call throws.
    func check(_ kind: MediaKind, _ fields: ResumableFields) throws
    /// The ID of what an upload will make.
    /// - Parameter upload: the upload's own.
    func newID(for upload: String) -> String
    /// Whether that was made.
    /// - Throws: `ChatError` when the store does not answer.
    func isMade(_ id: String, by caller: ChatCaller) async throws -> Bool
    /// Makes it. Called again, and at the same time by several nodes, it makes one.
    /// - Throws: what the ordinary call throws; the caller's access is checked as there.
    func make(_ id: String, of file: ReceivedFile, by caller: ChatCaller) async throws
    /// The response of the ordinary call for what was made, as it is now.
    /// - Throws: what reading it throws, also because it was deleted.
    func answer(_ id: String, for caller: ChatCaller) async throws -> HTTPResponse
}

extension ResumableCall {
    /// Accepts every kind.
    package func check(_ kind: MediaKind, _ fields: ResumableFields) {}
}

/// What a client says of a file, as the fields of a form would.
package struct ResumableFields: Sendable, Hashable {
    /// The texts by their names.
    package let values: [String: String]
    /// The name of the file.
    package let filename: String?
    /// The size of the file, in bytes, where the client has said.
    package let size: Int?

    /// Fields of an upload.
    package init(values: [String: String], filename: String? = nil, size: Int? = nil) {
        (self.values, self.filename, self.size) = (values, filename, size)
    }
}
