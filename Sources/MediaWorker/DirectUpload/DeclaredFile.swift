/// What a client declared about a file before uploading it directly to the object store.
public struct DeclaredFile: Sendable {
    /// The media type, without parameters.
    public var mimeType: String
    /// The file extension of that media type, without a dot and safe in an object's key.
    public var fileExtension: String
    /// The size, in bytes.
    public var size: Int
    /// The name that the sender gave the file.
    public var name: String?

    /// Creates a declaration.
    public init(mimeType: String, fileExtension: String, size: Int, name: String? = nil) {
        self.mimeType = mimeType
        self.fileExtension = fileExtension
        self.size = size
        self.name = name
    }
}
