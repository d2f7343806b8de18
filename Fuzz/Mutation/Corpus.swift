import Foundation

/// The valid files of which mutants are made.
public struct Corpus: Sendable {
    /// A file: its path and its content.
    public struct File: Sendable {
        /// The path relative to its folder.
        public let name: String
        /// The content.
        public let bytes: [UInt8]
    }

    /// The maximum size of a file, in bytes: a mutant is as large as its original.
    private static let largest = 3 << 20
    private static let words: Set = ["md", "tsv", "sh", "py"]

    /// The files, sorted by name.
    public let files: [File]

    /// All media files under `folders`; folders that do not exist are skipped.
    public init(folders: [String]) throws {
        files = try folders.flatMap { folder in
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return try names.sorted().compactMap { name -> File? in
                let url = URL(fileURLWithPath: "\(folder)/\(name)")
                let values = try url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
                guard values.isRegularFile == true, 1...Self.largest ~= values.fileSize ?? 0,
                    !Self.words.contains(url.pathExtension)
                else { return nil }
                return File(name: name, bytes: [UInt8](try Data(contentsOf: url)))
            }
        }
    }
}
